import { describe, expect, test } from 'vitest';
import { repair } from '../../src/actions/repair.ts';
import {
  createStoreWorld,
  errorLine,
  type PathHealth,
  stateDirectory,
  storePath,
} from '../support/store-world.ts';

const [a, b, c] = [storePath(1), storePath(2), storePath(3)];
const file = `${stateDirectory}/verify.json`;

const start = (type: number, fields: readonly unknown[]) =>
  `2>@nix ${JSON.stringify({ action: 'start', id: 7, level: 0, text: '', type, fields })}`;

/** Nix repairs what `how` names and says how; others it cannot. */
function repairing(health: Record<string, PathHealth>, how: Record<string, 'cache' | 'rebuild'>) {
  const world = createStoreWorld(health);
  world.answer = (command) => {
    if (!command.includes('--repair-path')) return null;
    const path = command.at(-1) ?? '';
    if (how[path] === undefined) return { lines: [errorLine(`cannot repair path '${path}'`)], exitCode: 1 };
    world.health.set(path, 'sound');
    return how[path] === 'cache'
      ? {
          lines: [
            start(108, [path, 'https://cache.example']),
            start(100, [path, 'https://cache.example', 'local']),
          ],
        }
      : {
          lines: [
            start(105, [`${path}.drv`, '', 1, 1]),
            `2>@nix {"action":"msg","level":0,"msg":"path '${path}' is corrupted or missing!"}`,
          ],
        };
  };
  return world;
}

describe('repairs', () => {
  test('from a cache and by rebuilding, in the local store', async () => {
    const world = repairing({ [a]: 'corrupt', [b]: 'missing' }, { [a]: 'cache', [b]: 'rebuild' });
    expect(await repair({ type: 'repair', paths: [a, b, a] }, world.context)).toEqual({
      status: 'done',
      summary: 'repaired 2 of 2 paths (1 from https://cache.example and 1 rebuilt)',
      details: [],
    });
    const repairs = world.ports.spawn.calls.filter(({ args }) => args.includes('--repair-path'));
    expect(repairs.map(({ environment }) => environment)).toEqual([
      { NIX_REMOTE: 'local' },
      { NIX_REMOTE: 'local' },
    ]);
    expect(world.reports.at(-1)).toMatchObject({ done: 2, lines: ['  repaired, rebuilt'] });
  });

  test('what cannot be is told with the reason, and the rest goes on', async () => {
    const world = repairing({ [a]: 'corrupt', [b]: 'corrupt', [c]: 'corrupt' }, { [b]: 'cache' });
    const outcome = await repair({ type: 'repair', paths: [a, b, c] }, world.context);
    expect(outcome).toMatchObject({
      status: 'incomplete',
      summary: 'repaired 1 of 3 paths (1 from https://cache.example), 2 could not be repaired',
    });
    expect(outcome.details[0]).toBe(`${a}: cannot repair path '${a}'`);
    expect(outcome.details[1]).toMatch(/no cache has it/);
  });

  test('none', async () => {
    const world = repairing({ [a]: 'corrupt' }, {});
    expect((await repair({ type: 'repair', paths: [a] }, world.context)).status).toBe('failed');
  });

  test('the exit code is not believed: it is looked at', async () => {
    const world = createStoreWorld({ [a]: 'corrupt' });
    world.answer = (command) => (command.includes('--repair-path') ? { exitCode: 0 } : null);
    expect((await repair({ type: 'repair', paths: [a] }, world.context)).status).toBe('failed');
  });

  test('a path that Nix took away and did not bring back', async () => {
    const world = createStoreWorld({ [a]: 'corrupt' });
    world.answer = (command) => {
      if (!command.includes('--repair-path')) return null;
      world.health.set(a, 'missing');
      return { lines: [errorLine('unable to download')], exitCode: 1 };
    };
    const { details } = await repair({ type: 'repair', paths: [a] }, world.context);
    expect(details).toEqual([`${a}: unable to download; its damaged contents are gone too`]);
  });

  test('a derivation says how it comes back', async () => {
    const drv = storePath(4, 'x.drv');
    const world = repairing({ [drv]: 'corrupt' }, {});
    const { details } = await repair({ type: 'repair', paths: [drv] }, world.context);
    expect(details.at(-1)).toMatch(/evaluating it again/);
  });
});

describe('not touched', () => {
  test.each<[PathHealth, string]>([
    ['sound', 'it is right by now'],
    ['deleted', 'it is no longer in the store'],
  ])('what is %s by now', async (health, why) => {
    const world = repairing({ [a]: health }, { [a]: 'cache' });
    expect(await repair({ type: 'repair', paths: [a] }, world.context)).toMatchObject({
      status: 'done',
      summary: '1 needed no repair',
    });
    expect(world.reports.at(-1)?.lines).toEqual([`  ${why}`]);
    expect(world.ran.some((command) => command.includes('--repair-path'))).toBe(false);
  });

  test.each([
    '',
    '--help',
    '/etc/passwd',
    '/nix/store/',
    `${a}/bin/x`,
    `${a} b`,
    `${a}\n`,
    '../x',
    '/nix/store/.links',
  ])('what is no store path: %j', async (path) => {
    const world = repairing({ [a]: 'corrupt' }, { [a]: 'cache' });
    expect((await repair({ type: 'repair', paths: [a, path] }, world.context)).status).toBe('refused');
    expect(world.ran).toEqual([]);
  });

  test('anything, by other users, without paths, in another root', async () => {
    const user = createStoreWorld({ [a]: 'corrupt' }, { uid: 1000 });
    expect(await repair({ type: 'repair', paths: [a] }, user.context)).toMatchObject({
      status: 'denied',
      details: [expect.stringContaining('sudo nixpulse verify --repair')],
    });
    expect(user.ran).toEqual([]);
    const root = createStoreWorld({});
    expect((await repair({ type: 'repair', paths: [] }, root.context)).status).toBe('refused');
    const other = createStoreWorld({ [a]: 'corrupt' }, { live: false });
    expect((await repair({ type: 'repair', paths: [a] }, other.context)).status).toBe('refused');
  });

  test('after a cancel: the rest', async () => {
    const world = repairing({ [a]: 'corrupt', [b]: 'corrupt' }, { [b]: 'cache' });
    const answer = world.answer;
    world.answer = (command) => {
      if (command.includes('--repair-path')) world.cancel();
      return answer(command);
    };
    const outcome = await repair({ type: 'repair', paths: [a, b] }, world.context);
    expect(outcome).toMatchObject({
      status: 'cancelled',
      details: expect.arrayContaining(['1 path not tried']),
    });
    expect(world.health.get(b)).toBe('corrupt');
  });
});

test('the last result no longer accuses what is repaired', async () => {
  const world = repairing({ [a]: 'corrupt', [b]: 'missing' }, { [a]: 'cache' });
  const last = {
    version: 1,
    time: '2026-11-20T13:00:00.000Z',
    status: 'failed',
    durationMs: 1,
    paths: 9,
    expectedPaths: 9,
    bytes: null,
    corrupt: [a],
    missing: [b],
    unreadable: [],
  };
  world.ports.ownFiles.texts.set(file, JSON.stringify(last));
  await repair({ type: 'repair', paths: [a, b] }, world.context);
  expect(JSON.parse(world.ports.ownFiles.texts.get(file) ?? '')).toEqual({ ...last, corrupt: [] });
});
