/** The views of the dashboard, in the order of Tab: dispatch, footer, help and state read these rows. */

interface View {
  /** What opens it. */
  readonly key: string;
  /** In the footer and in messages. */
  readonly title: string;
  /** In the help. */
  readonly help: string;
}

export const views = {
  overview: { key: '1', title: 'Overview', help: 'Overview' },
  builds: { key: '2', title: 'Builds', help: 'Builds (tree)' },
  disks: { key: '3', title: 'Disks', help: 'Disks' },
  history: {
    key: '4',
    title: 'History',
    help: 'History: charts of the last minutes, the hour, the day',
  },
  generations: { key: '5', title: 'Store', help: 'Generations and store' },
  diagnosis: {
    key: '6',
    title: 'Diagnosis',
    help: 'Diagnosis: what may be wrong, why, and what settles it',
  },
  journal: { key: '7', title: 'Journal', help: 'Journal: every alert and action' },
  caches: {
    key: '8',
    title: 'Caches',
    help: 'Caches and builders: who answers, who builds, the last checks',
  },
} as const satisfies Readonly<Record<string, View>>;

export type ViewId = keyof typeof views;

export const viewIds = Object.keys(views) as readonly ViewId[];
