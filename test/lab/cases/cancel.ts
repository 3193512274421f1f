/** Cancel: what Ctrl-C does, also where Ctrl-C does nothing. */
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { cancel } from '../../../src/actions/cancel.ts';
import { type Intent, targetOf } from '../../../src/model/intents/intent.ts';
import type { Outcome } from '../../../src/model/intents/outcome.ts';
import { type Lab, newest, type StartedBuild, startBuild, startEvaluation } from '../../support/lab.ts';
import { type Acting, openActing, performElsewhere } from '../acting.ts';
import { directoriesOf, living, remains } from '../remains.ts';
import {
  buildDirectoriesOf,
  buildsWithNonce,
  commandLine,
  daemonPid,
  readProcess,
  type TrueBuild,
  workerOf,
} from '../truth.ts';
import { until } from '../wait.ts';

const rebuildNg = fileURLToPath(new URL('../rebuild-ng.py', import.meta.url));

/** User time: field 14 of stat. */
function cpuTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[11]);
}

async function cancelOne(acting: Acting, client: StartedBuild): Promise<Outcome> {
  const clients = [await acting.clientTarget(client)];
  return cancel({ type: 'cancel', clients, orphans: [], everything: false }, acting.context);
}

/** Its worker is dead: the builder falls to pid 1. The newest Nix has it die, too, and its children fall there. */
function orphaned(build: TrueBuild): Promise<boolean> {
  return until('the orphan', () => {
    const builder = readProcess(build.pid);
    return builder === null || builder.state === 'Z' || builder.ppid === 1;
  });
}

/** Since 2.32 a build directory has no name. */
const leftBehind = (name: string) =>
  newest
    ? /^left behind on the disk: \/nix\/var\/nix\/builds\/nix-\d+-\d+$/
    : new RegExp(`^left behind on the disk: /tmp/nix-build-${name}\\.drv-\\d+$`);

export function cancelCases(lab: Lab): void {
  test.for([
    { direct: false, sandbox: true },
    { direct: true, sandbox: true },
    { direct: true, sandbox: false },
  ])('a client and its builds (direct: $direct, sandbox: $sandbox)', async ({ direct, sandbox }) => {
    const acting = await openActing();
    const before = directoriesOf('retry-2.0');
    const client = startBuild(lab, 'retry', { t: '600' }, { direct, sandbox });
    const build = await until('the build', () => buildsWithNonce(client.nonce)[0], { detail: client.output });
    await acting.target(build);
    const outcome = await cancelOne(acting, client);
    expect(outcome, JSON.stringify(outcome)).toMatchObject({
      status: 'done',
      summary: expect.stringMatching(/^cancelled nix-build .* with 1 build in \d+ ms$/),
      details: [],
    });
    await until('its end', client.ended);
    expect(client.output()).toContain('interrupted by the user');
    expect(living(client.nonce)).toEqual([]);
    await until(
      'no lock, no process, no directory',
      () => remains(client.nonce, build, before).length === 0,
      {
        detail: () => remains(client.nonce, build, before).join('\n'),
      },
    );
  });

  // The newest Nix's root has no Python.
  test.skipIf(newest)('Nix below nixos-rebuild-ng has the time to remove what its builds left', async () => {
    const acting = await openActing();
    const home = mkdtempSync(join(tmpdir(), 'nixpulse-rebuild-'));
    onTestFinished(() => rmSync(home, { recursive: true }));
    const caller = join(home, '.nixos-rebuild-wrapped');
    copyFileSync(rebuildNg, caller);
    chmodSync(caller, 0o755);
    const before = directoriesOf('litter-1.0');
    const client = startBuild(lab, 'litter', {}, { direct: true, caller });
    const build = await until('the build', () => buildsWithNonce(client.nonce)[0], { detail: client.output });
    await acting.target(build);
    const directory = await until('its directory', () =>
      directoriesOf('litter-1.0').find((path) => !before.includes(path)),
    );
    await until('its files', () => existsSync(join(directory, 'full')), { deadlineMs: 60_000 });
    const outcome = await cancelOne(acting, client);
    expect(outcome, JSON.stringify(outcome)).toMatchObject({
      status: 'done',
      summary: expect.stringMatching(/^cancelled nixos-rebuild .* with 1 build in/),
      details: [],
    });
    await until('its end', client.ended);
    expect(client.output()).toContain('interrupted by the user');
    expect(remains(client.nonce, build, before)).toEqual([]);
  });

  test('an evaluation in a loop hears neither INT nor TERM', async () => {
    const acting = await openActing();
    const client = startEvaluation(lab, 'eval-loop', {});
    await acting.clientTarget(client);
    // Before Nix has its handlers a signal simply ends it.
    await until('it evaluating', () => cpuTicks(client.pid) >= 50);
    const outcome = await cancelOne(acting, client);
    expect(outcome).toMatchObject({
      status: 'done',
      summary: expect.stringMatching(/in 2\.\d s$/),
      details: [expect.stringContaining('heard neither INT nor TERM and was killed')],
    });
    await until('its end', client.ended);
  });

  test('builds whose worker was killed are ended', async () => {
    const acting = await openActing();
    const before = directoriesOf('retry-2.0');
    const client = startBuild(lab, 'retry', { t: '600' }, { sandbox: false });
    const build = await until('the build', () => buildsWithNonce(client.nonce)[0]);
    await acting.target(build);
    const worker = workerOf(client.pid);
    if (worker === null) throw new Error('no worker');
    process.kill(worker, 'SIGKILL');
    await orphaned(build);
    const target = await acting.watch.tickUntil('the build without a client', (model) => {
      const one = model.builds.find((left) => left.uid === build.uid && left.clientPid === null);
      return one !== undefined && one.name !== null && targetOf(one);
    });
    const intent = { type: 'cancel', clients: [], orphans: [target], everything: false } as const;
    expect(await cancel(intent, acting.context)).toMatchObject({
      status: 'done',
      details: ['1 build had to be killed: retry-2.0', expect.stringMatching(leftBehind('retry-2.0'))],
    });
    expect(living(client.nonce)).toEqual([]);
    // Nobody is left of Nix to remove it.
    const left = directoriesOf('retry-2.0').filter((path) => !before.includes(path));
    for (const path of left) rmSync(path, { recursive: true });
  });

  test('everything: three clients, twenty builds, an orphan and a loop', async () => {
    const seen: StartedBuild[] = [];
    const acting = await openActing({ only: seen });
    // On the newest Nix they have no names: what another case left behind is among them.
    const others = directoriesOf('many0-1.0');
    const clients = [7, 7, 6].map((n) => startBuild(lab, 'many', { n: String(n) }));
    const before = directoriesOf('stuck-3.1');
    // With a sandbox the newest Nix leaves nothing behind.
    const abandoned = startBuild(lab, 'stuck', { secs: '600' }, { sandbox: !newest });
    const loop = startEvaluation(lab, 'eval-loop', {});
    seen.push(...clients, abandoned, loop);
    const running = () => clients.flatMap(({ nonce }) => buildsWithNonce(nonce)).length;
    await until('twenty builds', () => running() === 20, {
      deadlineMs: 60_000,
      detail: () => `${running()} builds`,
    });
    const orphan = await until('the orphan-to-be', () => buildsWithNonce(abandoned.nonce)[0]);
    const worker = workerOf(abandoned.pid);
    if (worker === null) throw new Error('no worker');
    process.kill(worker, 'SIGKILL');
    await orphaned(orphan);
    const daemon = daemonPid();
    const pids = new Set(clients.map(({ pid }) => pid));
    await acting.watch.tickUntil('the dashboard seeing them', (model) => {
      const seenBuilds = model.builds.filter(({ clientPid }) => clientPid !== null && pids.has(clientPid));
      return seenBuilds.length === 20 && model.builds.some(({ uid }) => uid === orphan.uid);
    });

    const left = () => [...clients, abandoned].flatMap(({ nonce }) => living(nonce));
    const nothing = until('nothing of Nix left', () => left().length === 0 && loop.ended(), {
      deadlineMs: 3000,
      everyMs: 20,
      detail: () =>
        left()
          .map((pid) => commandLine(pid).join(' '))
          .join('\n'),
    });
    const intent = { type: 'cancel', clients: [], orphans: [], everything: true } as const;
    const [outcome] = await Promise.all([cancel(intent, acting.context), nothing]);
    expect(outcome, JSON.stringify(outcome)).toMatchObject({ status: 'done' });
    expect(outcome.details).toContainEqual(expect.stringMatching(leftBehind('stuck-3.1')));
    expect(outcome.summary).toMatch(/^cancelled [45] clients with 2\d builds in/);
    for (const client of clients) await until('its end', client.ended);
    expect(daemonPid()).toBe(daemon);
    const own = newest ? buildDirectoriesOf(orphan.uid) : directoriesOf('stuck-3.1');
    const orphans = own.filter((path) => !before.includes(path));
    await until('no other build directory', () =>
      directoriesOf('many0-1.0').every((path) => orphans.includes(path) || others.includes(path)),
    );
    for (const path of orphans) rmSync(path, { recursive: true });
  });

  test('a user may cancel an own client, and nothing else', async () => {
    const own = startBuild(lab, 'stuck', { secs: '600' }, { user: 'nixtester' });
    const foreign = startBuild(lab, 'retry', { t: '600' });
    const acting = await openActing();
    const build = await until('a build', () => buildsWithNonce(own.nonce)[0], { detail: own.output });
    await until('the other build', () => buildsWithNonce(foreign.nonce)[0]);
    const targets = [await acting.target(build)];
    const perform = (intent: Intent) => performElsewhere(intent, 'nixtester');
    const cancelIt = async (client: StartedBuild) => {
      const clients = [await acting.clientTarget(client)];
      return perform({ type: 'cancel', clients, orphans: [], everything: false });
    };

    const because = `not permitted: its processes are ${build.user}’s; run it as root: sudo nixpulse`;
    expect(await perform({ type: 'kill', targets, reason: null })).toMatchObject({
      status: 'denied',
      summary: `stuck-3.1: ${because} kill stuck-3.1`,
    });
    expect(await perform({ type: 'pause', targets })).toMatchObject({
      status: 'denied',
      summary: `stuck-3.1: ${because} pause stuck-3.1`,
    });
    expect(await cancelIt(foreign)).toMatchObject({
      status: 'denied',
      summary: expect.stringContaining(`run it as root: sudo nixpulse cancel ${foreign.pid}`),
    });
    expect(living(own.nonce)).toContain(build.pid);
    expect(await cancelIt(own)).toMatchObject({ status: 'done' });
    await until('its end', () => own.ended() && living(own.nonce).length === 0);
    expect(foreign.ended()).toBe(false);
  });
}
