/**
 * In a pid namespace of its own (`unshare --pid --fork --mount-proc`): makes the kernel hand out a pid a
 * second time, and prints what the signal port and the kill action do with the first one's identity.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { kill } from '../../src/actions/kill.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createFiles } from '../../src/platform/files.ts';
import { createNative } from '../../src/platform/native.ts';
import { createOwnFiles } from '../../src/platform/own-files.ts';
import { createPriorities } from '../../src/platform/priorities.ts';
import { createSignals } from '../../src/platform/signals.ts';
import { systemSpawn } from '../../src/platform/spawn.ts';
import { createForestSources } from '../../src/samplers/build-tree.ts';

const uid = Number(process.argv[2]);
const files = createFiles({ clock: systemClock });
const native = createNative();

function startTimeOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** A process of the build user, in a session of its own as a builder is. */
function start(): ChildProcess {
  return spawn('sleep', ['600'], { uid, detached: true, stdio: 'ignore', cwd: '/' });
}

/** The next process gets this pid, once the clock has moved past the start time of the one before. */
async function startAs(pid: number, after: number): Promise<ChildProcess> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    writeFileSync('/proc/sys/kernel/ns_last_pid', String(pid - 1));
    const child = start();
    await once(child, 'spawn');
    if (child.pid === pid && startTimeOf(pid) > after) return child;
    await end(child);
  }
  throw new Error(`pid ${pid} was not handed out again`);
}

const results: Record<string, unknown> = {};
for (const form of ['pidfds', 'start times'] as const) {
  const loadKernel = form === 'pidfds' ? {} : { loadKernel: async () => null };
  const signals = createSignals({ files, pid: native.pid, ...loadKernel });
  await signals.rehearse();
  const ports = {
    files,
    clock: systemClock,
    spawn: systemSpawn,
    signals,
    priorities: createPriorities({ files, clock: systemClock, pid: native.pid }),
    ownFiles: createOwnFiles({ clock: systemClock }),
    native,
  };
  const { buildTree, readNow: readForest, settled } = createForestSources(ports);

  const first = start();
  await once(first, 'spawn');
  const pid = first.pid as number;
  const asked = { pid, startTime: startTimeOf(pid) };
  for (let look = 0; look < 2; look += 1) {
    buildTree.sample();
    await settled();
  }
  const seen = readForest()?.processes.some((one) => one.pid === pid) ?? false;
  await end(first);
  const second = await startAs(pid, asked.startTime);

  const sent = signals.send(asked, 'KILL');
  const target = { root: asked, uid, name: 'first-1.0', user: 'nixbld1' };
  const context = {
    ports,
    readForest,
    stateDirectory: '/nowhere',
    report: () => {},
    cancelled: new AbortController().signal,
  };
  const outcome = await kill({ type: 'kill', targets: [target], reason: null }, context);
  await new Promise((resolve) => setTimeout(resolve, 100));
  results[form] = {
    exact: signals.exact,
    seen,
    samePid: second.pid === pid,
    sent: sent.ok ? 'sent' : sent.problem.kind,
    outcome: outcome.status,
    secondLives: second.exitCode === null && second.signalCode === null,
  };
  await end(second);
  buildTree.close();
}
console.log(JSON.stringify(results));
process.exit(0);
