import { expect, test } from 'vitest';
import type { SampleParts } from '../../src/model/sample.ts';
import { sourceTable } from '../../src/model/source-table.ts';
import { createSources } from '../../src/watch/sources.ts';
import { createFakePorts, settled } from '../support/fake-ports.ts';

const linux = {
  '/proc/stat': 'cpu  1 2 3 4 5 6 7 8 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\nprocs_running 1\nprocs_blocked 0\n',
  '/proc/uptime': '100.00 100.00\n',
  '/proc/sys/kernel/hostname': 'box\n',
};
const inventories = {
  checkFiles: [],
  inventory: async () => {
    throw new Error('not wanted here');
  },
  portable: {
    load: async () => {
      throw new Error('not wanted here');
    },
    loadAverages: () => [0, 0, 0],
  },
};

/** All parts of one tick, in the order in which the loop would take them. */
function tick(sources: readonly { sample(): SampleParts }[]): SampleParts {
  return Object.assign({}, ...sources.map((source) => source.sample()));
}

test.each([
  ['auto', linux, false],
  ['auto', {}, true],
  ['proc', {}, false],
  ['portable', linux, true],
] as const)('--source %s with a /proc of %o: portable %s', async (choice, tree, portable) => {
  const ports = createFakePorts({ tree });
  const { sources } = await createSources(ports, choice, inventories);
  expect(sources.map(({ id }) => id).sort()).toEqual(Object.keys(sourceTable).sort());
  const { pressure } = tick(sources);
  const cause = pressure?.ok && !pressure.value.cpu.ok ? pressure.value.cpu.problem.cause : undefined;
  expect(cause?.includes('Linux')).toBe(portable);
  for (const source of sources) source.close();
});

test('the host comes with the first tick and again only when something of it is new', async () => {
  const ports = createFakePorts({ tree: linux });
  const { sources, settled: factsAreBack } = await createSources(ports, 'proc', inventories);
  expect(tick(sources).host).toMatchObject({ ok: true, value: { name: 'box' } });
  await factsAreBack();
  await settled();
  tick(sources);
  expect(tick(sources).host).toBeUndefined();
  for (const source of sources) source.close();
  expect(ports.files.kept).toBe(0);
});
