/** What is mounted is read once for all who ask. */
import { expect, test } from 'vitest';
import { createMountTable } from '../../src/samplers/mount-table.ts';
import { createProcSources } from '../../src/watch/sources.ts';
import { createFakePorts, settled } from '../support/fake-ports.ts';

const path = '/proc/self/mountinfo';
const root = '1 0 8:1 / / rw - ext4 /dev/sda1 rw\n';

test('one reading lasts for five seconds, and for all who ask meanwhile', async () => {
  const ports = createFakePorts({ tree: { [path]: root } });
  const table = createMountTable(ports);
  const [first, second] = await Promise.all([table.read(), table.read()]);
  expect(first).toMatchObject({ ok: true, value: { text: root, mounts: [{ mountPoint: '/' }] } });
  expect(second).toBe(first);
  ports.clock.advance(4999);
  expect(await table.read()).toBe(first);
  expect(ports.files.count('readSlow', path)).toBe(1);
  ports.clock.advance(1);
  await table.read();
  expect(ports.files.count('readSlow', path)).toBe(2);
});

test('what failed is read again at once', async () => {
  const ports = createFakePorts({ tree: { [path]: { problem: 'timeout' } } });
  const table = createMountTable(ports);
  expect(await table.read()).toMatchObject({ ok: false, problem: { kind: 'timeout' } });
  ports.files.set(path, root);
  expect((await table.read()).ok).toBe(true);
});

test('the sources of space and of health read it once together', async () => {
  const ports = createFakePorts({ tree: { [path]: root, '/proc/diskstats': '' } });
  const { sources } = createProcSources(ports);
  const wanted = sources.filter(({ id }) => id === 'iostat' || id === 'health');
  expect(wanted).toHaveLength(2);
  for (const source of wanted) source.sample();
  await settled();
  const parts = Object.assign({}, ...wanted.map((source) => source.sample()));
  expect(parts).toMatchObject({ storage: { ok: true }, health: { ok: true } });
  expect(ports.files.count('readSlow', path)).toBe(1);
  for (const source of sources) source.close();
});
