import { expect, test } from 'vitest';
import { ok } from '../../src/base/problem.ts';
import { readLastVerification } from '../../src/nix-store/last-verification.ts';
import type { ProbeContext } from '../../src/probes/probe.ts';
import { verifyPath } from '../../src/probes/verify-path.ts';
import { verifyStore } from '../../src/probes/verify-store.ts';
import { createStoreWorld, type PathHealth, stateDirectory, storePath } from '../support/store-world.ts';

const [a, b, c] = [storePath(1), storePath(2), storePath(3)];

/** Sizes of the files of each path, as `find` prints them. */
function worldOf(
  health: Readonly<Record<string, PathHealth>>,
  sizes: Readonly<Record<string, readonly string[]>> = {},
) {
  const world = createStoreWorld(health);
  const progress: string[] = [];
  const { onStream } = world.ports.spawn;
  world.ports.spawn.onStream = (file, args) => {
    const at = [file, ...args].indexOf('find');
    const path = [file, ...args][at + 1] ?? '';
    return at < 0 ? onStream(file, args) : { lines: sizes[path] ?? ['7'] };
  };
  const context: ProbeContext = {
    ports: world.ports,
    cancelled: world.context.cancelled,
    stateDirectory,
    progress: (text) => progress.push(text),
  };
  return { world, context, progress };
}

test('a sound store, with its paths counted, and kept as the last verification', async () => {
  const { world, context, progress } = worldOf({ [a]: 'sound', [b]: 'sound' });
  expect(await verifyStore(null, context)).toEqual(ok({ checked: 2, damaged: [] }));
  expect(progress.at(-1)).toBe('2 of 2 paths, 2.0 MB of 2.0 MB');
  expect(await readLastVerification(world.ports, stateDirectory)).toMatchObject({
    value: { status: 'done', paths: 2 },
  });
  const verify = world.ports.spawn.calls.find(({ args }) => args.includes('verify'));
  expect([verify?.file, ...(verify?.args ?? [])].slice(0, 9)).toEqual([
    ...['setpriv', '--pdeathsig', 'KILL'],
    'nice',
    '-n',
    '19',
    'ionice',
    '-c',
    '3',
  ]);
});

test('damage by how it is damaged', async () => {
  const { world, context } = worldOf(
    { [a]: 'corrupt', [b]: 'corrupt', [c]: 'missing', [storePath(4)]: 'unreadable', [storePath(5)]: 'sound' },
    { [a]: ['0', '0'], [b]: ['0', '12'] },
  );
  expect(await verifyStore(null, context)).toEqual(
    ok({
      checked: 5,
      unreadable: 1,
      damaged: [
        { path: a, how: 'empty' },
        { path: b, how: 'modified' },
        { path: c, how: 'missing' },
      ],
    }),
  );
  expect(await readLastVerification(world.ports, stateDirectory)).toMatchObject({
    value: { status: 'failed', corrupt: [a, b], missing: [c] },
  });
});

test('a hash of nothing but zeros: not recorded, whatever the files are', async () => {
  const { world, context } = worldOf({ [a]: 'corrupt' });
  const zeros = '0'.repeat(52);
  world.answer = (command) =>
    command.includes('--verify-path')
      ? {
          lines: [`2>path '${a}' was modified! expected hash 'sha256:${zeros}', got 'sha256:0ip2'`],
          exitCode: 1,
        }
      : null;
  expect(await verifyPath(a, context)).toEqual(ok({ damaged: { path: a, how: 'unrecorded' } }));
});

test('cancelled midway it says what it has, and that it is not all', async () => {
  const { world, context } = worldOf({ [a]: 'sound', [b]: 'sound' });
  const { onStream } = world.ports.spawn;
  world.ports.spawn.onStream = (file, args) => {
    const script = onStream(file, args);
    if (!args.includes('verify') || 'ok' in script) return script;
    setImmediate(world.cancel);
    return { ...script, endless: true };
  };
  const found = await verifyStore(null, context);
  expect(found).toMatchObject({ ok: true, value: { checked: 2, partial: true, damaged: [] } });
  expect(await readLastVerification(world.ports, stateDirectory)).toEqual(ok(null));
});

test('a Nix without the command is said to be one, and nothing is changed', async () => {
  const { world, context } = worldOf({ [a]: 'sound' });
  world.answer = (command) =>
    command[0] === 'nix' ? { lines: ["2>error: 'store' is not a recognised command"], exitCode: 1 } : null;
  expect(await verifyStore(null, context)).toMatchObject({ problem: { kind: 'unsupported' } });
  expect(world.ran.some((command) => command.includes('--check-contents'))).toBe(false);
});

test('a Nix that fails before it begins is no sound store', async () => {
  const { world, context } = worldOf({ [a]: 'sound' });
  world.answer = (command) =>
    command[0] === 'nix' ? { lines: ['2>error: cannot connect to socket'], exitCode: 1 } : null;
  expect(await verifyStore(null, context)).toMatchObject({
    problem: { kind: 'malformed', cause: expect.stringContaining('cannot connect') },
  });
});

test.each<[PathHealth, object]>([
  ['sound', { ok: true, value: { damaged: null } }],
  ['missing', { ok: true, value: { damaged: { path: a, how: 'missing' } } }],
  ['unreadable', { ok: false, problem: { kind: 'malformed' } }],
  ['deleted', { ok: false, problem: { kind: 'gone' } }],
])('one path that is %s', async (state, result) => {
  const { context } = worldOf({ [a]: state });
  expect(await verifyPath(a, context)).toMatchObject(result);
});
