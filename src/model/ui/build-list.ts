/** What the build list can show, and be sorted by; ids are those of the table of fields where it has them. */

/** In their usual order. */
export const buildColumnIds = [
  'name',
  'phase',
  'phaseAge',
  'age',
  'user',
  'cpu',
  'resident',
  'residentGrowth',
  'io',
  'processes',
  'clientPid',
  'now',
] as const;

export type BuildColumnId = (typeof buildColumnIds)[number];

/** Those of the view Builds alone, as usual. */
export const moreColumnIds: readonly BuildColumnId[] = ['phaseAge', 'processes', 'clientPid'];

export const usualColumnIds: readonly BuildColumnId[] = buildColumnIds.filter(
  (id) => !moreColumnIds.includes(id),
);

/** In the order of the columns: what `<`, `>` and the sort menu walk through. */
export const sortIds = ['name', 'age', 'user', 'cpu', 'resident', 'residentGrowth', 'io'] as const;

export type SortId = (typeof sortIds)[number];

/** Which columns somebody wants, in their order; null: as usual, more of them where there is room. */
export type ChosenColumns = readonly BuildColumnId[] | null;
