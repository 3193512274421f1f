import { describe, expect, test } from 'vitest';
import { collectGarbage } from '../../src/actions/collect-garbage.ts';
import { fail } from '../../src/base/problem.ts';
import { estimateGarbage } from '../../src/nix-store/estimate-garbage.ts';
import { createStoreWorld, errorLine, storePath } from '../support/store-world.ts';

const [live, dead, old] = [storePath(1), storePath(2), storePath(3)];
const oldLink = '/nix/var/nix/profiles/system-7-link';

function world(uid = 0) {
  const made = createStoreWorld({ [live]: 'sound', [dead]: 'sound', [old]: 'sound' }, { uid });
  made.answer = (command) => {
    if (command.includes('--print-roots'))
      return {
        lines: [
          `/nix/var/nix/profiles/system-8-link -> ${live}`,
          `${oldLink} -> ${old}`,
          '2>removing stale link',
        ],
      };
    if (command.includes('show')) return { lines: ['keep-derivations = true', 'keep-outputs = false'] };
    if (command[0] === 'nix-collect-garbage')
      return {
        lines: [
          '2>@nix {"action":"msg","level":3,"msg":"finding garbage collector roots..."}',
          `2>@nix {"action":"msg","level":3,"msg":"deleting '${dead}'"}`,
          '1 store paths deleted, 1.00 MiB freed',
        ],
      };
    return null;
  };
  return made;
}

describe('what could be freed', () => {
  test('is worked out without the collector', async () => {
    const { context, ran } = world();
    expect(await estimateGarbage(context)).toMatchObject({
      ok: true,
      value: { deadPaths: 1, deadBytes: 2 ** 20, paths: 3, bytes: 3 * 2 ** 20 },
    });
    expect(ran.flat()).not.toContain('--print-dead');
  });

  test('without some generations', async () => {
    const { context } = world();
    expect(await estimateGarbage(context, { withoutLinks: new Set([oldLink]) })).toMatchObject({
      ok: true,
      value: { deadPaths: 2 },
    });
  });

  test.each(['--dump-db', '--print-roots'])('is unknown without %s, never 0 or everything', async (part) => {
    const made = world();
    const answer = made.answer;
    made.answer = (command) =>
      command.includes(part) ? { lines: ['2>error: no'], exitCode: 1 } : answer(command);
    expect(await estimateGarbage(made.context)).toEqual(
      fail('malformed', expect.stringContaining(part) as string, 'error: no'),
    );
  });

  test('a configuration that does not answer: what Nix does by default', async () => {
    const made = world();
    const answer = made.answer;
    made.answer = (command) => (command.includes('nix-command') ? fail('gone', 'nix') : answer(command));
    expect(await estimateGarbage(made.context)).toMatchObject({ ok: true, value: { deadPaths: 1 } });
  });
});

describe('collecting', () => {
  test('says what it deleted', async () => {
    const { context, ran, reports } = world();
    expect(await collectGarbage({ type: 'collect-garbage', olderThanDays: 30 }, context)).toMatchObject({
      status: 'done',
      summary: expect.stringMatching(/^deleted 1 path, 1\.0 MB \(/),
    });
    expect(ran.at(-1)?.slice(0, 3)).toEqual(['nix-collect-garbage', '--delete-older-than', '30d']);
    expect(reports.at(-1)).toMatchObject({ done: 1, total: 1, doneBytes: 2 ** 20, totalBytes: 2 ** 20 });
  });

  test('without an age no generation is deleted', async () => {
    const { context, ran } = world();
    await collectGarbage({ type: 'collect-garbage', olderThanDays: null }, context);
    expect(ran.at(-1)).toEqual(['nix-collect-garbage', '--log-format', 'internal-json', '-v']);
  });

  test.each([0, -3, 1.5, Number.NaN])('no age: %s', async (olderThanDays) => {
    const { context, ran } = world();
    expect((await collectGarbage({ type: 'collect-garbage', olderThanDays }, context)).status).toBe(
      'refused',
    );
    expect(ran).toEqual([]);
  });

  test('generations of the system are not a user’s to delete', async () => {
    const { context, ran } = world(1000);
    expect(await collectGarbage({ type: 'collect-garbage', olderThanDays: 30 }, context)).toMatchObject({
      status: 'denied',
      details: [expect.stringContaining('sudo nix-collect-garbage --delete-older-than 30d')],
    });
    expect(ran).toEqual([]);
  });

  test.each([
    [
      'at once',
      { lines: [errorLine('cannot open the lock')], exitCode: 1 },
      'failed',
      'nothing was deleted: ',
    ],
    [
      'midway',
      { lines: [`2>deleting '${dead}'`, errorLine('no space left')], exitCode: 1 },
      'incomplete',
      'deleted 1 path, 1.0 MB',
    ],
    ['killed', { lines: [], signal: 'SIGKILL' }, 'failed', 'nothing was deleted: '],
  ] as const)('fails %s', async (_, stream, status, summary) => {
    const made = world();
    const answer = made.answer;
    made.answer = (command) => (command[0] === 'nix-collect-garbage' ? stream : answer(command));
    const outcome = await collectGarbage({ type: 'collect-garbage', olderThanDays: null }, made.context);
    expect(outcome.status).toBe(status);
    expect(outcome.summary.startsWith(summary), outcome.summary).toBe(true);
  });

  test('cancelled midway: says what is gone', async () => {
    const made = world();
    const answer = made.answer;
    made.answer = (command) => {
      if (command[0] !== 'nix-collect-garbage') return answer(command);
      made.cancel();
      return { lines: [`2>deleting '${dead}'`], exitCode: 1 };
    };
    expect(
      await collectGarbage({ type: 'collect-garbage', olderThanDays: null }, made.context),
    ).toMatchObject({
      status: 'cancelled',
      summary: expect.stringMatching(/^cancelled after deleting 1 path, 1\.0 MB/),
    });
  });
});
