import { describe, expect, test } from 'vitest';
import { verify, verifyPaths } from '../../src/actions/verify.ts';
import { fail, ok } from '../../src/base/problem.ts';
import { readLastVerification } from '../../src/nix-store/last-verification.ts';
import { createStoreWorld, errorLine, stateDirectory, storePath } from '../support/store-world.ts';

const [a, b, c] = [storePath(1), storePath(2), storePath(3)];
const file = `${stateDirectory}/verify.json`;
const intent = { type: 'verify' } as const;

function kept(world: ReturnType<typeof createStoreWorld>) {
  return JSON.parse(world.ports.ownFiles.texts.get(file) ?? 'null');
}

describe('a sound store', () => {
  test('is said to be, and kept', async () => {
    const world = createStoreWorld({ [a]: 'sound', [b]: 'sound' });
    expect(await verify(intent, world.context)).toEqual({
      status: 'done',
      summary: expect.stringMatching(/^the store is sound: 2 paths, 2\.0 MB \(/),
      details: [],
    });
    expect(kept(world)).toMatchObject({
      version: 1,
      status: 'done',
      paths: 2,
      bytes: 2 ** 21,
      corrupt: [],
      missing: [],
    });
    expect(await readLastVerification(world.ports, stateDirectory)).toMatchObject({
      ok: true,
      value: { paths: 2 },
    });
  });

  test('progress in paths and bytes', async () => {
    const world = createStoreWorld({ [a]: 'sound', [b]: 'sound', [c]: 'sound' });
    await verify(intent, world.context);
    expect(world.reports.at(-1)).toMatchObject({
      done: 3,
      total: 3,
      doneBytes: 3 * 2 ** 20,
      totalBytes: 3 * 2 ** 20,
    });
    expect(world.reports.map(({ text }) => text).filter((text) => text !== undefined)).toEqual([
      'reads the list of store paths',
      'checks the contents of the store paths',
    ]);
  });

  test('read at the lowest priority, where the tools are there', async () => {
    const world = createStoreWorld({ [a]: 'sound' });
    await verify(intent, world.context);
    const [, , ...streams] = world.ports.spawn.calls;
    expect(streams.length).toBe(2);
    for (const { file: program, args } of streams)
      expect([program, ...args].slice(0, 6)).toEqual(['nice', '-n', '19', 'ionice', '-c', '3']);
    const bare = createStoreWorld({ [a]: 'sound' }, { tools: false });
    expect((await verify(intent, bare.context)).status).toBe('done');
    expect(bare.ports.spawn.calls.at(-1)?.file).toBe('nix');
  });

  test('without its size: progress in paths', async () => {
    const world = createStoreWorld({ [a]: 'sound', [b]: 'sound' });
    world.answer = (command) =>
      command.includes('--dump-db') ? { lines: ['2>error: locked'], exitCode: 1 } : null;
    expect(await verify(intent, world.context)).toMatchObject({
      status: 'done',
      summary: expect.stringContaining('2 paths ('),
    });
    expect(world.reports.at(-1)).toMatchObject({ done: 2, total: 2 });
    expect(world.reports.at(-1)).not.toHaveProperty('doneBytes');
    expect(kept(world).bytes).toBeNull();
  });

  test('a result that cannot be kept is said', async () => {
    const world = createStoreWorld({ [a]: 'sound' });
    world.ports.ownFiles.failing.set(file, 'denied');
    const outcome = await verify(intent, world.context);
    expect(outcome.status).toBe('done');
    expect(outcome.details).toEqual([expect.stringContaining('could not be kept')]);
  });
});

describe('damage', () => {
  test('is listed as it comes, told and kept', async () => {
    const world = createStoreWorld({ [a]: 'corrupt', [b]: 'missing', [c]: 'sound' });
    const outcome = await verify(intent, world.context);
    expect(outcome).toMatchObject({
      status: 'failed',
      summary: expect.stringMatching(/^damage in the store: 1 corrupt, 1 missing of 3 paths, 3\.0 MB \(/),
    });
    expect(outcome.details).toEqual([
      `corrupt ${a}: expected hash 'sha256:aaa', got 'sha256:bbb'`,
      `missing ${b}`,
      expect.stringContaining('verify --repair'),
    ]);
    expect(world.reports.flatMap(({ lines }) => lines ?? [])).toEqual([`corrupt ${a}`, `missing ${b}`]);
    expect(kept(world)).toMatchObject({ status: 'failed', corrupt: [a], missing: [b] });
  });

  test('what cannot be read is neither sound nor damaged', async () => {
    const world = createStoreWorld({ [a]: 'unreadable', [b]: 'sound' });
    const outcome = await verify(intent, world.context);
    expect(outcome).toMatchObject({ status: 'incomplete', summary: expect.stringContaining('1 unreadable') });
    expect(outcome.details).toEqual([expect.stringContaining('Input/output error')]);
    expect(kept(world)).toMatchObject({ unreadable: [a] });
  });

  test('what is gone by the second look was deleted, not lost', async () => {
    const world = createStoreWorld({ [a]: 'missing', [b]: 'corrupt', [c]: 'deleted' });
    const answer = world.answer;
    world.answer = (command) => {
      if (command.includes('--verify-path')) for (const path of [a, b]) world.health.delete(path);
      return answer(command);
    };
    expect(await verify(intent, world.context)).toMatchObject({ status: 'done', details: [] });
  });

  test('what is right at the second look is told', async () => {
    const world = createStoreWorld({ [a]: 'corrupt' });
    world.answer = (command) => {
      if (command.includes('--verify-path')) world.health.set(a, 'sound');
      return null;
    };
    const outcome = await verify(intent, world.context);
    expect(outcome.status).toBe('done');
    expect(outcome.details).toEqual([expect.stringMatching(/bad at the first look and good at the second/)]);
    expect(kept(world).corrupt).toEqual([]);
  });
});

describe('never sound by mistake', () => {
  const began = '2>@nix {"action":"start","id":1,"level":0,"text":"","type":107}';
  test.each([
    ['corrupt, not said which', { lines: [began], exitCode: 1 }, 'incomplete'],
    [
      'an error about no path',
      { lines: [began, errorLine('database is locked')], exitCode: 4 },
      'incomplete',
    ],
    ['failed for no reason', { lines: [began], exitCode: 4 }, 'incomplete'],
    ['another code', { lines: [began], exitCode: 9 }, 'incomplete'],
    ['killed', { lines: [began], signal: 'SIGKILL' }, 'incomplete'],
    ['killed before it began', { lines: [], signal: 'SIGKILL' }, 'failed'],
    ['never began', { lines: [errorLine('cannot connect to daemon')], exitCode: 1 }, 'failed'],
  ] as const)('%s', async (_, stream, status) => {
    const world = createStoreWorld({ [a]: 'sound' });
    world.answer = (command) => (command.includes('verify') ? stream : null);
    const outcome = await verify(intent, world.context);
    expect(outcome.status, outcome.summary).toBe(status);
  });

  test('an error beside a deleted path is not forgotten', async () => {
    const world = createStoreWorld({ [a]: 'sound' });
    const lines = [began, errorLine(`path '${b}' is not valid`), errorLine('disk I/O error')];
    world.answer = (command) => (command.includes('verify') ? { lines, exitCode: 4 } : null);
    expect(await verify(intent, world.context)).toMatchObject({
      status: 'incomplete',
      details: ['disk I/O error'],
    });
  });
});

describe('where it cannot', () => {
  test('no Nix', async () => {
    const world = createStoreWorld({ [a]: 'sound' });
    world.answer = ([program]) => fail('gone', program ?? '');
    expect(await verify(intent, world.context)).toEqual({
      status: 'refused',
      summary: 'there is no Nix in the PATH',
      details: [],
    });
  });

  test('another root directory', async () => {
    const world = createStoreWorld({}, { live: false });
    expect((await verify(intent, world.context)).status).toBe('refused');
    expect(world.ran).toEqual([]);
  });

  describe('a Nix without the command', () => {
    const oldNix = (command: readonly string[]) =>
      command[0] === 'nix' ? { lines: ["2>error: 'store' is not a recognised command"], exitCode: 1 } : null;

    test('is not asked in the old way unless that is wanted', async () => {
      const world = createStoreWorld({ [a]: 'sound' });
      world.answer = oldNix;
      const outcome = await verify(intent, world.context);
      expect(outcome).toMatchObject({ status: 'refused', summary: 'this Nix has no `nix store verify`' });
      expect(outcome.details.join()).toContain('removes the database rows');
      expect(world.ran.some((command) => command.includes('--verify'))).toBe(false);
    });

    test.each([
      ['sound', [`2>checking contents of '${a}'`, `2>checking contents of '${b}'`], 0, 'done'],
      ['vanished', [`2>path '${a}' disappeared, removing from database...`], 0, 'failed'],
      ['corrupt', [`2>path '${a}' was modified! expected hash 'x', got 'y'`], 1, 'failed'],
      ['failed', ['2>error: cannot open the database'], 1, 'incomplete'],
    ] as const)('asked in the old way: %s', async (_, lines, exitCode, status) => {
      const world = createStoreWorld({ [a]: 'corrupt', [b]: 'sound' });
      world.answer = (command) =>
        command.includes('--check-contents') ? { lines, exitCode } : oldNix(command);
      const outcome = await verify({ type: 'verify', allowOldVerify: true }, world.context);
      expect(outcome.status, outcome.summary).toBe(status);
      if (_ === 'vanished') expect(outcome.details).toContain(`vanished, removed from the database ${a}`);
    });
  });
});

describe('cancelled', () => {
  const endless = (lines: readonly string[]) => ({ lines, endless: true });
  const began = '2>@nix {"action":"start","id":1,"level":0,"text":"","type":107}';
  const progress = '2>@nix {"action":"result","id":1,"type":105,"fields":[1,3,1,0]}';

  test('midway: interrupted, said how far, the last whole result is kept', async () => {
    const world = createStoreWorld({ [a]: 'sound' });
    world.ports.ownFiles.texts.set(file, 'the last one');
    world.answer = (command) => (command.includes('verify') ? endless([began, progress]) : null);
    const running = verify(intent, world.context);
    await new Promise((resolve) => setImmediate(resolve));
    world.cancel();
    expect(await running).toMatchObject({
      status: 'cancelled',
      summary: expect.stringMatching(/^cancelled after 1 of 3 paths.*: no damage so far$/),
    });
    expect(world.ports.spawn.calls.at(-1)?.cancelled).toBe(true);
    expect(world.ports.ownFiles.texts.get(file)).toBe('the last one');
  });

  test('when all was done: that is no cancel', async () => {
    const world = createStoreWorld({ [a]: 'sound' });
    world.answer = (command) => {
      if (command.includes('verify')) world.cancel();
      return null;
    };
    expect(await verify(intent, world.context)).toMatchObject({ status: 'done' });
    expect(kept(world)).toMatchObject({ status: 'done', paths: 1 });
  });

  test('what was interrupted is not counted', async () => {
    const world = createStoreWorld({ [a]: 'sound', [b]: 'sound', [c]: 'sound' });
    const check = (id: number, path: string) =>
      `2>@nix {"action":"start","id":${id},"level":3,"text":"checking '${path}'","type":0}`;
    const stop = (id: number) => `2>@nix {"action":"stop","id":${id}}`;
    world.answer = (command) =>
      command.includes('verify')
        ? endless([began, check(2, a), check(3, b), stop(2), progress, stop(3)])
        : null;
    const running = verify(intent, world.context);
    await new Promise((resolve) => setImmediate(resolve));
    world.cancel();
    expect((await running).summary).toMatch(/^cancelled after 1 of 3 paths, 1\.0 MB:/);
  });

  test('bad news are kept all the same', async () => {
    const world = createStoreWorld({ [a]: 'corrupt' });
    const found = `2>@nix {"action":"result","id":2,"type":103,"fields":["${a}"]}`;
    world.answer = (command) => (command.includes('verify') ? endless([began, found]) : null);
    const running = verify(intent, world.context);
    await new Promise((resolve) => setImmediate(resolve));
    world.cancel();
    expect(await running).toMatchObject({
      status: 'cancelled',
      summary: expect.stringContaining('1 corrupt so far'),
    });
    expect(kept(world)).toMatchObject({ status: 'cancelled', corrupt: [a] });
  });

  test('before it began nothing is started', async () => {
    const world = createStoreWorld({ [a]: 'sound' });
    world.cancel();
    expect(await verify(intent, world.context)).toMatchObject({
      status: 'cancelled',
      summary: 'nothing was checked',
    });
    expect(world.ran.some((command) => command.includes('verify'))).toBe(false);
  });
});

test('a list of paths: only those, and not kept', async () => {
  const world = createStoreWorld({ [a]: 'corrupt', [b]: 'sound' });
  const outcome = await verifyPaths(intent, world.context, [a, b]);
  expect(outcome.status).toBe('failed');
  expect(world.ran.find((command) => command.includes('verify'))?.slice(-2)).toEqual([a, b]);
  expect(world.ports.ownFiles.texts.has(file)).toBe(false);
});

test('what was never verified, and what is not readable', async () => {
  const world = createStoreWorld({});
  expect(await readLastVerification(world.ports, stateDirectory)).toEqual(ok(null));
  world.ports.ownFiles.texts.set(file, '{"version":9}');
  expect(await readLastVerification(world.ports, stateDirectory)).toEqual(fail('malformed', file));
  world.ports.ownFiles.failing.set(file, 'denied');
  expect(await readLastVerification(world.ports, stateDirectory)).toEqual(fail('denied', file));
});
