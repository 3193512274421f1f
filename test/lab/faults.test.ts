/**
 * The time from the start of a fault to its finding, on real faults, all at once on one daemon, with the thresholds as
 * they are. It takes two minutes and a half, for that is what a build must stand still to be called stuck.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { unpackTar } from 'modern-tar';
import { describe, expect, onTestFinished, test } from 'vitest';
import { defaultThresholds } from '../../src/diagnose/thresholds.ts';
import type { Model } from '../../src/model/model.ts';
import { modelsOf } from '../../src/modes/replay/moments.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createRecordingFiles } from '../../src/platform/recording-files.ts';
import { openRecording } from '../../src/record/open-recording.ts';
import { createProcSources } from '../../src/watch/sources.ts';
import { createWatcher } from '../../src/watch/watcher.ts';
import { bringUpLab, type Lab, startBuild, startEvaluation } from '../support/lab.ts';
import { clocked, type Fault, onSmallMachine } from './faults.ts';
import { type BadDisk, makeBadDisk } from './hardship/disk.ts';
import { inTurn } from './in-turn.ts';
import { serveNothing } from './logs/cache-server.ts';
import { type Logged, startLogged } from './logs/followed.ts';
import { ramDiskAt } from './ram-disk.ts';
import { buildsWithNonce, workerOf } from './truth.ts';
import { pause, until } from './wait.ts';
import { realPorts } from './watch.ts';

const lab = bringUpLab();
const program = fileURLToPath(new URL('../../bin/nixpulse', import.meta.url));

const twoMinutes = 120;
/** Of memory and disks, with the look that sees it. */
const fiveSeconds = 5 + 1;
const smallBytes = 2 * 2 ** 30;

describe.skipIf(lab.missing !== null)(
  'from the start of a fault to its finding',
  { timeout: 300_000 },
  () => {
    inTurn();

    test('all are found: in two minutes, or seconds where memory or a disk is at its end', async () => {
      const [processes, disks] = await Promise.all([ofProcesses(), ofDisks()]);
      console.info([...processes, ...disks].map(({ line }) => line).join('\n'));
      const all = [...processes, ...disks];
      for (const { name, tookSec, mostSec } of all)
        expect(tookSec, name).toBeLessThanOrEqual(mostSec + lateSec(name));
    });
  },
);

/**
 * A machine that is busy with all of them looks late, by seconds: what takes two minutes has room for that. The heap of an
 * evaluation that loops fills as fast as it gets one of the CPUs, and until then it gets on.
 */
function lateSec(name: string): number {
  if (name === 'evaluation loop') return 30;
  return /disk|memory|tmpfs/.test(name) ? 5 : 0;
}

interface Figure extends Pick<Fault, 'name' | 'mostSec'> {
  readonly tookSec: number;
  readonly line: string;
}

/** Builds, evaluations, locks, caches, and memory that runs out. */
async function ofProcesses(): Promise<readonly Figure[]> {
  const faults: Fault[] = [];
  const clock = clocked(faults);
  const { watch, model } = watching(clock.look);
  const nonces = await startFaults(lab, faults, watch);
  let isShort = false;
  await until(
    'every finding',
    () => {
      const { memory, monotonicMs } = model();
      const left = (memory.availableBytes ?? 0) / (memory.totalBytes ?? 1);
      if (!isShort && left < defaultThresholds.leakShortPercent / 100) {
        isShort = true;
        faults.push({
          ...{ name: 'memory runs out', startedMs: monotonicMs, mostSec: fiveSeconds },
          // Who grows, or all of them together.
          isFound: ({ hypothesis, found, level }) =>
            (hypothesis === 'build-leak' || found.kind === 'client-leak' || found.kind === 'machine-met') &&
            level === 'critical',
        });
      }
      return isShort && clock.missing().length === 0;
    },
    {
      ...{ deadlineMs: 240_000, everyMs: 500 },
      detail: () => `${clock.missing().map(({ name }) => name)}\n${describeFindings(model())}`,
    },
  );
  await gatherAmid(nonces);
  return figures(faults, clock.tookSec);
}

/** A bundle with all of them there: it ends, and has each build by name, whatever stands still of it. */
async function gatherAmid(nonces: readonly string[]): Promise<void> {
  const home = mkdtempSync('/var/tmp/nixpulse-faults-');
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const path = `${home}/bundle.tar.gz`;
  await promisify(execFile)(program, ['collect', '--output', path], {
    env: { ...process.env, XDG_STATE_HOME: home },
    timeout: 60_000,
  });
  const entries = await unpackTar(gunzipSync(readFileSync(path)));
  const entry = entries.find(({ header }) => header.name.endsWith('/nixpulse/diagnosis.json'));
  const { builds } = JSON.parse(Buffer.from(entry?.data ?? []).toString());
  const names = builds.map(({ name }: { readonly name: string | null }) => name);
  expect(names).toEqual(expect.arrayContaining(nonces.flatMap(buildsWithNonce).map(({ name }) => name)));
  expect(names.length).toBeGreaterThan(4);
}

/** None where this machine has no such disks. */
async function ofDisks(): Promise<readonly Figure[]> {
  const disk = makeBadDisk({ secs: 150 });
  if (disk.kind === 'unsupported') {
    console.warn(`no bad disk: ${disk.why}`);
    return [];
  }
  onTestFinished(() => disk.end());
  const faults: Fault[] = [];
  const directory = await recordAround(disk, faults);
  const clock = clocked(faults);
  const opened = await openRecording(createRecordingFiles(), directory);
  if (!opened.ok) throw new Error(opened.problem.cause);
  for await (const model of modelsOf(opened.value)) clock.look(model);
  return figures(faults, clock.tookSec);
}

/**
 * In mounts of its own the recorder sees the bad disk below the store, and a small RAM disk at /tmp: so do the rules that
 * look at what it has recorded.
 */
const ownMounts = `disk=$1; shift; mount --bind "$disk" /nix/store && ${ramDiskAt('/tmp', '64m')} && exec "$@"`;

/** Resolves with the file or directory to read once it has ended. */
async function recordAround(disk: BadDisk, faults: Fault[]): Promise<string> {
  const now = () => systemClock.monotonic();
  const directory = mkdtempSync('/var/tmp/nixpulse-faults-');
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const record = [program, 'record', '--dir', directory, '--no-logs', '--harden', 'off'];
  const words = ['--mount', '--propagation', 'private', 'bash', '-c', ownMounts, 'bash', disk.mountPoint];
  const recorder = spawn('unshare', [...words, ...record], { stdio: ['ignore', 'ignore', 'pipe'] });
  onTestFinished(() => void recorder.kill('SIGKILL'));
  let said = '';
  recorder.stderr.on('data', (bytes: Buffer) => {
    said += String(bytes);
  });
  await until('the recorder', () => said.includes('recording in'), { detail: () => said });
  // What the disks carry is read every five seconds.
  await pause(7000);

  const fill = 'while head -c 4M /dev/zero >>/tmp/fill; do sleep 1; done';
  const filler = spawn('nsenter', ['--mount', '--target', `${recorder.pid}`, 'bash', '-c', fill], {
    stdio: 'ignore',
  });
  const full = once(filler, 'exit').then(() => {
    faults.push({
      ...{ name: 'full tmpfs', startedMs: now(), mostSec: fiveSeconds },
      isFound: ({ subject }) => subject.kind === 'filesystem' && subject.mountPoint === '/tmp',
    });
  });
  disk.write();
  await pause(3000);
  disk.stall();
  const add = (name: string, mostSec: number, kind: string) =>
    faults.push({
      ...{ name, startedMs: now(), mostSec },
      isFound: ({ subject, found }) =>
        found.kind === kind && subject.kind === 'device' && subject.device === disk.device,
    });
  add('stalled disk', fiveSeconds, 'disk-stalled');
  await pause(9000);
  disk.recover();
  await pause(3000);
  // A write of 64 KB takes 2.7 s. One of four seconds is told as a stall first.
  if (disk.slow(24 * 1024) === null) {
    add('slow disk', fiveSeconds, 'disk-slow');
    await pause(45_000);
    disk.recover();
  }
  await full;
  await pause(7000);
  recorder.kill('SIGINT');
  await once(recorder, 'exit');
  return directory;
}

/** The watcher of the dashboard on this machine, whose memory is small. */
function watching(look: (model: Model) => void) {
  const ports = realPorts();
  const { sources, logs } = createProcSources(ports);
  const small = sources.map((source) =>
    source.id === 'residentMemory'
      ? onSmallMachine(source, smallBytes, () => watcher.model.totals.residentBytes ?? 0)
      : source,
  );
  const watcher = createWatcher({ clock: ports.clock, sources: small });
  watcher.listen({ looked: look });
  watcher.wantAll();
  watcher.look();
  watcher.begin();
  onTestFinished(async () => {
    await watcher.end();
    await watcher.close();
  });
  const watch = (client: Logged) => logs.add(client.follower);
  return { watch, model: () => watcher.model };
}

/** Gives the nonces of its builds. */
async function startFaults(
  on: Lab,
  faults: Fault[],
  watch: (client: Logged) => void,
): Promise<readonly string[]> {
  const now = () => systemClock.monotonic();
  const of = (pid: number): Pick<Fault, 'isFound'> => ({
    isFound: ({ subject }) => 'pid' in subject && subject.pid === pid,
  });
  const add = (name: string, more: Pick<Fault, 'isFound'> & Partial<Fault>) =>
    faults.push({ name, startedMs: now(), mostSec: twoMinutes, ...more });

  const builds = { stuck: 'fifo', spin: 'spin', zombie: 'zombie' } as const;
  const begun = Object.entries(builds).map(([name, how]) => ({
    name,
    ...startBuild(on, 'standstill', { how }),
  }));
  for (const { name, nonce } of begun) {
    const build = await until(`the ${name} build`, () => buildsWithNonce(nonce)[0]);
    add(name, of(build.pid));
  }

  const holder = startBuild(on, 'stuck');
  const held = await until('the build that holds a lock', () => buildsWithNonce(holder.nonce)[0]);
  startBuild(on, 'stuck', {}, { nonce: holder.nonce });
  add('lock held', {
    isFound: ({ found }) => found.kind === 'lock-held' && found.path === `${held.out}.lock`,
  });

  const silent = await serveNothing();
  const home = mkdtempSync('/var/tmp/nixpulse-faults-');
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const path = `/nix/store/${'0'.repeat(32)}-of-nobody`;
  const client = startLogged(on, 'nix-store', ['--realise', path, '--option', 'substituters', silent], {
    ...{ direct: true, environment: { XDG_CACHE_HOME: home } },
  });
  watch(client);
  add('dead cache', { isFound: ({ hypothesis }) => hypothesis === 'cache' });

  const loop = startEvaluation(on, 'eval-loop', {});
  add('evaluation loop', {
    isFound: ({ subject, found }) =>
      found.kind === 'evaluation-loop' && 'pid' in subject && subject.pid === loop.pid,
  });
  const grows = startEvaluation(on, 'eval-leak', { steps: '3000', work: '22' });
  add('evaluation leak', {
    isFound: ({ subject, found }) =>
      found.kind === 'client-leak' && 'pid' in subject && subject.pid === grows.pid,
  });
  const leak = startBuild(on, 'leak', { rate: '12', max: '1500' });
  const leaking = await until('the build that leaks', () => buildsWithNonce(leak.nonce)[0]);
  add('leak', {
    isFound: ({ subject, hypothesis }) =>
      hypothesis === 'build-leak' && 'pid' in subject && subject.pid === leaking.pid,
  });

  // The last one: whoever builds next as its user ends what is left of him.
  // With its worker its terminal hangs up: what left its session lives on.
  const alone = startBuild(on, 'retry', { t: '600' }, { sandbox: false });
  const orphan = await until('the build whose worker ends', () => buildsWithNonce(alone.nonce)[0]);
  const worker = workerOf(alone.pid);
  if (worker === null) throw new Error('no worker');
  process.kill(worker, 'SIGKILL');
  add('orphan', {
    isFound: ({ subject, found }, { builds: seen }) =>
      found.kind === 'orphan-build' &&
      seen.some((one) => 'pid' in subject && one.pid === subject.pid && one.uid === orphan.uid),
  });
  return [...begun, holder, leak].map(({ nonce }) => nonce);
}

function describeFindings({ findings, verdicts, memory, clients }: Model): string {
  return JSON.stringify({ findings, verdicts, memory, clients: clients.length }, null, 1).slice(0, 20_000);
}

function figures(faults: readonly Fault[], tookSec: ReadonlyMap<string, number>): readonly Figure[] {
  return faults.map(({ name, mostSec }) => {
    const sec = tookSec.get(name) ?? Number.POSITIVE_INFINITY;
    return { name, mostSec, tookSec: sec, line: `${name}: ${sec.toFixed(1)} s` };
  });
}
