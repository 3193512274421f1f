/** Signal 9: Nix says the same whoever sent it. Who did is the kernel's to say, and our journal's. */
import { expect, onTestFinished, test } from 'vitest';
import { rootCauses } from '../../../src/logs/root-causes.ts';
import { totalsOf } from '../../../src/logs/totals.ts';
import type { Cause, Evidence, OomKill } from '../../../src/model/rebuild/cause.ts';
import type { Rebuild } from '../../../src/model/rebuild/rebuild.ts';
import { type Lab, newest } from '../../support/lab.ts';
import { signal } from '../end.ts';
import { type MemoryShortage, makeMemoryShort } from '../hardship/memory.ts';
import { buildsWithNonce } from '../truth.ts';
import { follow, type Logged, startLoggedBuild } from './followed.ts';

export function killCases(lab: Lab): void {
  test('a build that somebody killed was not killed for want of memory', async () => {
    const client = startLoggedBuild(lab, 'logs', ['waiting']);
    const { drv, uid, pid, over } = await running(client);
    signal(pid, 'SIGKILL');
    const rebuild = await over();
    const [build] = rebuild.failed.values();
    expect(totalsOf(rebuild)).toMatchObject({ builds: 1, failed: 1, done: 0 });
    const atMs = build?.endedMs ?? 0;
    const uids = new Map([[drv, uid]]);
    // The kernel killed somebody else at that very time.
    const kill: OomKill = { atMs, uid: uid + 1, process: 'cc1plus', scope: 'machine', cgroup: null };
    for (const evidence of [{}, { uids }, { uids, oomKills: [kill] }])
      expect(causeOf(rebuild, evidence)).toEqual({ kind: 'killed', by: 'unknown' });
    expect(causeOf(rebuild, { uids, endedByUs: [{ drv, atMs: atMs - 500 }] })).toEqual({
      kind: 'killed',
      by: 'us',
    });
    expect(rootCauses(rebuild, {})).toMatchObject([
      { drvs: [drv], lines: ['buildPhase', 'waiting for a signal'] },
    ]);
  });

  // Inside its namespaces the machine's control groups are out of reach.
  if (newest) return;
  test('a build that the kernel killed at the limit of its control group', async ({ skip }) => {
    const shortage = makeMemoryShort({ secs: 60, limitMB: 64, swapMB: 0 });
    if (shortage.kind === 'unsupported') return skip(shortage.why);
    onTestFinished(shortage.end);
    const client = startLoggedBuild(lab, 'logs', ['hungry']);
    const { drv, uid, pid, over, following } = await running(client);
    const before = oomKillsOf(shortage);
    shortage.add(pid);
    const rebuild = await over();
    expect(oomKillsOf(shortage)).toBeGreaterThan(before);
    const atMs = [...rebuild.failed.values()][0]?.endedMs ?? 0;
    const cgroup = shortage.cgroup.path;
    const kill: OomKill = { atMs, uid, process: null, scope: 'cgroup', cgroup };
    const memory = { kind: 'out-of-memory', scope: 'cgroup', cgroup, process: null };
    expect(causeOf(rebuild, { oomKills: [kill], uids: new Map([[drv, uid]]) })).toEqual({
      ...memory,
      certainty: 'certain',
    });
    // The kernel said whom: one event with the build, in place of a number, and the failure is explained by it.
    const { events, kill: told } = await following.lookUntil('who was killed', (model) => {
      const event = model.events.find((one) => one.kind === 'killed' && one.uid === uid);
      return event?.kind === 'killed' && { events: model.events, kill: event };
    });
    expect(told).toMatchObject({ killer: 'limit', drv, builds: 1, pid: expect.any(Number) });
    expect(told.cgroup?.split('/').at(-1)).toBe(cgroup.split('/').at(-1));
    expect(Math.abs(told.timeMs - atMs)).toBeLessThan(5000);
    expect(events.filter(({ kind }) => kind === 'oom-kill' || kind === 'oom-limit')).toEqual([]);
    const isExplained = () =>
      following
        .followed(client)
        .failures.some(({ cause }) => cause.kind === 'out-of-memory' && cause.certainty === 'certain');
    await following.lookUntil('its explanation', isExplained);
    // A counter has no user; and without the kernel's word nobody knows.
    expect(causeOf(rebuild, { oomKills: [{ ...kill, uid: null }] })).toEqual({
      ...memory,
      certainty: 'likely',
    });
    expect(causeOf(rebuild, {})).toEqual({ kind: 'killed', by: 'unknown' });
    expect(totalsOf(rebuild)).toMatchObject({ builds: 1, failed: 1 });
  });
}

/** The one build of a client, when it has said something; `over`: the rebuild as the watcher has it at its end. */
async function running(client: Logged) {
  const following = follow(client);
  const build = await following.lookUntil('the build with its log', ({ builds }) =>
    builds.find(({ clientPid, log }) => clientPid === client.pid && (log?.lines ?? 0) > 1),
  );
  const pid = buildsWithNonce(client.nonce)[0]?.pid;
  if (build.log === null || build.uid === null || pid === undefined) throw new Error('no build');
  const over = async () => {
    await following.lookToEnd();
    return following.followed(client).rebuild;
  };
  return { drv: build.log.drv, uid: build.uid, pid, over, following };
}

function causeOf(rebuild: Rebuild, evidence: Evidence): Cause | undefined {
  const causes = rootCauses(rebuild, evidence);
  expect(causes).toHaveLength(1);
  return causes[0]?.cause;
}

/** `oom_kill N` (memory.events, and memory.oom_control of version 1). */
function oomKillsOf({ cgroup }: MemoryShortage): number {
  const text = cgroup.read(cgroup.version === 1 ? 'memory.oom_control' : 'memory.events');
  return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? Number.NaN);
}
