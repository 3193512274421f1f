import { describe, expect, it } from 'vitest';
import { type BuildLine, fitBuildColumns } from '../../src/format/build-columns.ts';
import { type Column, fitColumns, tableRow, titleRow } from '../../src/format/columns.ts';
import { diskColumns } from '../../src/format/disk-columns.ts';
import { noPaint } from '../../src/format/paint.ts';
import { treeBranches } from '../../src/format/tree.ts';
import { busy, firefox } from '../support/model-fixture.ts';

const style = { paint: noPaint, unicode: true };
const column = (id: string, width: number, keep: number, most?: number): Column<string> => ({
  id,
  title: id,
  align: 'left',
  width,
  keep,
  ...(most === undefined ? {} : { most }),
  cell: (text) => ({ text }),
});

describe('fitColumns', () => {
  const columns = [column('a', 10, 9, 20), column('b', 5, 1), column('c', 4, 5, Number.POSITIVE_INFINITY)];
  const widths = (width: number, rows: readonly string[] = []) =>
    fitColumns(columns, width, rows).columns.map(({ column: { id }, width: own }) => `${id}${own}`);

  it('drops what is kept least', () => {
    expect(widths(21)).toEqual(['a10', 'b5', 'c4']);
    expect(widths(20)).toEqual(['a10', 'c9']);
    expect(widths(14)).toEqual(['a10']);
    expect(widths(3)).toEqual(['a10']);
  });

  it('lets names grow as long as they are, but no further than half of what is free', () => {
    expect(widths(61, ['x'.repeat(13)])).toEqual(['a16', 'b5', 'c38']);
    expect(widths(31, ['x'.repeat(19)])).toEqual(['a15', 'b5', 'c9']);
  });

  it('takes back a narrow column when a wide one had to go', () => {
    const mixed = [column('a', 10, 9), column('wide', 30, 5), column('narrow', 5, 1)];
    expect(fitColumns(mixed, 20).columns.map(({ column: { id } }) => id)).toEqual(['a', 'narrow']);
  });

  it('writes titles and cells of the same width', () => {
    const fit = fitColumns(columns, 30);
    const row = tableRow(fit, 'x', 30, style);
    expect(row).toHaveLength(titleRow(fit, 30, style).length);
  });
});

describe('the build list', () => {
  it('names a user that Nix allocated by its number in a narrow cell', () => {
    const build = firefox;
    const allocated = { ...build, uid: 872_415_232 + 12 * 65_536 + 1, user: 'uid 873201664' };
    const { columns } = fitBuildColumns({ phases: true, io: true, more: false }, 118, []);
    const user = columns.find(({ column }) => column.id === 'user')?.column;
    expect(user?.cell({ kind: 'build', build: allocated }).text).toBe('auto 12');
    expect(user?.cell({ kind: 'build', build }).text).toBe(build.user);
  });

  const lines = busy.builds.map((build): BuildLine => ({ kind: 'build', build }));
  const ids = (width: number, phases: boolean, more = false, io = true) =>
    fitBuildColumns({ phases, io, more }, width, lines).columns.map(({ column: { id } }) => id);

  it.each([
    [118, true, ['name', 'phase', 'age', 'user', 'cpu', 'resident', 'residentGrowth', 'io', 'now']],
    [118, false, ['name', 'age', 'user', 'cpu', 'resident', 'residentGrowth', 'io', 'now']],
    [78, true, ['name', 'phase', 'age', 'user', 'cpu', 'resident', 'now']],
    [58, true, ['name', 'phase', 'age', 'cpu', 'resident']],
    [58, false, ['name', 'age', 'cpu', 'resident', 'now']],
    [38, true, ['name', 'age', 'resident']],
  ])('in %s columns, phases known: %s', (width, phases, expected) => {
    expect(ids(width, phases)).toEqual(expected);
  });

  it('has more columns in the builds view', () => {
    expect(ids(198, true, true)).toContain('clientPid');
    expect(ids(198, true, true)).toContain('processes');
  });

  it('has no column for reads and writes that cannot be seen', () => {
    expect(ids(118, true, false, false)).not.toContain('io');
  });

  it('says before the phase what must be known where NOW has no room', () => {
    const fit = fitBuildColumns({ phases: true, io: true, more: false }, 58, lines);
    const rows = lines.map((line) => tableRow(fit, line, 58, style));
    expect(rows[0]).toContain('D 3  build');
    expect(rows[2]).toContain('paused');
    expect(rows[3]).toContain('Z 1  check');
    expect(rows[4]).toContain('remote');
  });
});

describe('the disks', () => {
  it('shows how many requests wait in a stalled disk, whose mean queue reads 0', () => {
    const [disk] = busy.disks;
    if (disk === undefined) throw new Error('a busy machine has a disk');
    const queue = (over: Partial<typeof disk>) =>
      diskColumns.find(({ id }) => id === 'queueSize')?.cell({ ...disk, queueSize: 0, inFlight: 7, ...over })
        .text;
    expect(queue({ stalledSec: 2.1 })).toBe('7');
    expect(queue({ stalledSec: null, queueSize: 3.25 })).toBe('3.3');
  });
});

describe('treeBranches', () => {
  it.each([
    ['one', [0], ['└ ']],
    ['a chain', [0, 1, 2], ['└ ', '  └ ', '    └ ']],
    ['siblings', [0, 1, 2, 1, 0], ['├ ', '│ ├ ', '│ │ └ ', '│ └ ', '└ ']],
    ['negative and huge depths', [-4, 1e9], ['└ ', `${'  '.repeat(8)}└ `]],
  ])('%s', (_, depths, branches) => {
    expect(treeBranches(depths)).toEqual(branches);
  });
});
