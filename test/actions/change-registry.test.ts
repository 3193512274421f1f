/** What was changed of builds, recorded in one place and looked for in several. */
import { expect, test } from 'vitest';
import type { RegistryContext } from '../../src/actions/change-registry.ts';
import { pausedBuilds } from '../../src/actions/paused-builds.ts';
import { fail } from '../../src/base/problem.ts';
import { createFakeMachine } from '../support/fake-machine.ts';

const target = (pid: number) => ({
  ...{ root: { pid, startTime: 10 * pid }, uid: 30_001, name: `a-${pid}`, user: 'nixbld1' },
});
const row = (pid: number) => ({
  ...{ target: target(pid), processes: [{ pid, startTime: 10 * pid }], cgroup: null, pausedAtMs: 1 },
});

function start() {
  const { ports, context } = createFakeMachine();
  const of = (registries?: readonly string[]): RegistryContext => ({
    ...{ ports, stateDirectory: context.stateDirectory },
    ...(registries && { registries }),
  });
  const { texts } = ports.ownFiles;
  const names = async (one: RegistryContext) =>
    (await pausedBuilds.load(one)).map(({ target: { name } }) => name);
  return { of, texts, names, state: context.stateDirectory, ports };
}

test('the first place is written to, and every one is looked at', async () => {
  const { of, texts, names, state } = start();
  const guard = of(['/run/guard', state]);
  const dashboard = of([state, '/run/guard', '/run/other']);
  await pausedBuilds.remember([row(5)], guard);
  await pausedBuilds.remember([row(6)], dashboard);
  expect([...texts.keys()].toSorted()).toEqual(['/run/guard/paused.json', `${state}/paused.json`].toSorted());
  expect(await names(guard)).toEqual(expect.arrayContaining(['a-5', 'a-6']));
  expect(await names(dashboard)).toEqual(expect.arrayContaining(['a-5', 'a-6']));
  expect(await names(of())).toEqual(['a-6']);
});

test('what is undone is taken out of every place', async () => {
  const { of, texts, names, state } = start();
  const guard = of(['/run/guard', state]);
  const dashboard = of([state, '/run/guard']);
  await pausedBuilds.remember([row(5), row(7)], guard);
  await pausedBuilds.remember([row(6)], dashboard);
  await pausedBuilds.forget([target(5).root, target(6).root], dashboard);
  expect(await names(dashboard)).toEqual(['a-7']);
  expect([...texts.keys()]).toEqual(['/run/guard/paused.json']);
});

test('of the same build in two places the first counts', async () => {
  const { of, state } = start();
  const [guard, dashboard] = [of(['/run/guard', state]), of([state, '/run/guard'])];
  await pausedBuilds.remember([{ ...row(5), pausedAtMs: 1 }], dashboard);
  await pausedBuilds.remember([{ ...row(5), pausedAtMs: 2 }], guard);
  expect((await pausedBuilds.load(guard)).map(({ pausedAtMs }) => pausedAtMs)).toEqual([2]);
  expect((await pausedBuilds.load(dashboard)).map(({ pausedAtMs }) => pausedAtMs)).toEqual([1]);
});

test('a disk that does not answer keeps what is written elsewhere from nothing', async () => {
  const { of, texts, ports } = start();
  const guard = of(['/run/guard', '/disk/hangs']);
  const { read } = ports.ownFiles;
  ports.ownFiles.read = (path, options) =>
    path.startsWith('/disk') ? new Promise(() => {}) : read(path, options);
  void pausedBuilds.forget([target(5).root], guard);
  await pausedBuilds.remember([row(6)], guard);
  expect([...texts.keys()]).toEqual(['/run/guard/paused.json']);
});

test('another user is not believed, whosever home it lies in', async () => {
  const { of, names, state, ports } = start();
  await pausedBuilds.remember([row(5)], of());
  const { read } = ports.ownFiles;
  // As of a file of somebody else (platform/own-files.ts).
  ports.ownFiles.read = (path, options) =>
    path.startsWith(state) && options?.trustedBy === ports.native.uid
      ? Promise.resolve(fail('denied', path, 'it belongs to uid 1001'))
      : read(path, options);
  expect(await names(of())).toEqual([]);
});

test('what no place has taken is known to this process', async () => {
  const { of, names, ports } = start();
  const guard = of(['/run/guard']);
  ports.ownFiles.failing.set('/run/guard/paused.json', 'timeout');
  expect(await pausedBuilds.remember([row(5)], guard)).toMatchObject({ ok: false });
  expect(await names(guard)).toEqual(['a-5']);
  await pausedBuilds.forget([target(5).root], guard);
  expect(await names(guard)).toEqual([]);
});
