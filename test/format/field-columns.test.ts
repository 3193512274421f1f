import { expect, it } from 'vitest';
import { buildColumns } from '../../src/format/build-columns.ts';
import { diskColumns, filesystemColumns } from '../../src/format/disk-columns.ts';
import { fieldColumns, fieldText } from '../../src/format/field-columns.ts';
import { buildFields, processFields } from '../../src/model/fields/build.ts';
import { diskFields } from '../../src/model/fields/disk.ts';
import type { Field } from '../../src/model/fields/field.ts';
import { busy } from '../support/model-fixture.ts';

const [build] = busy.builds;
const [disk] = busy.disks;
if (build === undefined || disk === undefined) throw new Error('the fixture has no build or no disk');

function textOf<Subject>(fields: readonly Field<Subject>[], id: string, subject: Subject): string {
  const field = fields.find((candidate) => candidate.id === id);
  if (field === undefined) throw new Error(`no field ${id}`);
  return fieldText(field, subject);
}

it.each([
  ['resident', { residentBytes: 412 * 1024 }, '412K'],
  ['resident', { residentBytes: null }, '–'],
  ['residentGrowth', { residentGrowthBytesPerMin: 840 * 1024 ** 2 }, '+840M'],
  ['cpu', { cpuPercent: 612 }, '612'],
  ['age', { ageSec: 62 }, '1:02'],
  ['processes', { processes: 12_345 }, '12.3k'],
  ['pid', { pid: 12_345 }, '12345'],
  ['paused', { paused: true }, 'yes'],
  ['phase', { phase: null }, '–'],
])('says %s of %o as %s', (id, over, text) => {
  expect(textOf(buildFields, id, { ...build, ...over })).toBe(text);
});

it('says a list, and a list of none', () => {
  expect(textOf(diskFields, 'carries', { ...disk, carries: ['/nix', '/'] })).toBe('/nix /');
  expect(textOf(diskFields, 'carries', { ...disk, carries: [] })).toBe('–');
});

it('lets a cell differ from its field', () => {
  const column = fieldColumns(processFields, (process: (typeof build.tree)[number]) => process);
  const [first] = build.tree;
  if (first === undefined) throw new Error('the fixture has no process');
  const toned = column('pid', { width: 7, keep: 1 }, () => ({ tone: 'danger' }));
  expect(toned).toMatchObject({ title: 'PID', align: 'right' });
  expect(toned.cell(first)).toEqual({ text: String(first.pid), tone: 'danger' });
  expect(column('comm', { width: 7, keep: 1 }).align).toBe('left');
});

it('gives every column a title, but the bar and the problem', () => {
  const shown = [
    ...buildColumns({ phases: true, io: true, more: true }),
    ...diskColumns,
    ...filesystemColumns(true),
  ];
  expect(shown.filter(({ title }) => title === '').map(({ id }) => id)).toEqual(['bar', 'problem']);
});
