/** A machine of made-up processes that answers signals as the kernel does: for actions, without any /proc. */
import type { ActionContext } from '../../src/actions/action.ts';
import { fail, ok, type Result } from '../../src/base/problem.ts';
import type { BuildTarget } from '../../src/model/intents/intent.ts';
import type { ForestRaw, ProcessRaw } from '../../src/model/sample.ts';
import { createFakePorts, type FakePorts } from './fake-ports.ts';

export type Made = Partial<ProcessRaw> & { readonly pid: number };

export interface FakeMachine {
  readonly ports: FakePorts;
  readonly context: ActionContext;
  readonly progress: string[];
  /** Called before each reading of the forest with its number from 0: what happens meanwhile. */
  onRead: (reading: number) => void;
  /** What a signal does; the default is what the kernel does to a process without handlers. */
  onSignal: (process: ProcessRaw, signal: string) => Result<void> | undefined;
  add(...made: readonly Made[]): void;
  change(pid: number, changes: Partial<ProcessRaw>): void;
  /** Ends it: a zombie below a living parent that reaps late, else gone; its children fall to pid 1. */
  end(pid: number, as?: 'zombie' | 'gone'): void;
  has(pid: number): boolean;
  process(pid: number): ProcessRaw;
  abort(): void;
  /** Runs an action while time goes by. */
  run<T>(action: Promise<T>): Promise<T>;
}

export const uid = 30_001;
export const root = 300;

const defaults: Omit<ProcessRaw, 'pid'> = {
  startTime: 1000,
  ppid: 1,
  pgrp: 0,
  session: 0,
  tty: 0,
  state: 'S',
  comm: 'sleep',
  uid: 0,
  threads: 1,
  userTicks: 0,
  systemTicks: 0,
  childUserTicks: 0,
  childSystemTicks: 0,
  majorFaults: 0,
  childMajorFaults: 0,
  residentBytes: 1 << 20,
  readBytes: null,
  writeBytes: null,
  facts: {},
};

/** `pgrp` and `session` are the pid unless said; start times grow with the pid. */
export function made(process: Made): ProcessRaw {
  const { pid } = process;
  return { ...defaults, startTime: 1000 + pid, pgrp: process.session ?? pid, session: pid, ...process };
}

/** A daemon (100), its worker (110) for a client (210, below a shell that is not seen), and a build (300). */
export function daemonForest(): readonly Made[] {
  return [
    { pid: 100, comm: 'nix-daemon', facts: { argv: ['nix-daemon', '--daemon'] } },
    { pid: 110, ppid: 100, startTime: 1211, comm: 'nix-daemon', facts: { argv: ['nix-daemon', '210'] } },
    {
      pid: 210,
      ppid: 200,
      session: 200,
      tty: 34816,
      uid: 1000,
      comm: 'nix-build',
      facts: { argv: ['nix-build', 'x.nix'] },
    },
    { pid: root, ppid: 110, uid, comm: 'bash', facts: { rootMount: '/' } },
    { pid: 301, ppid: root, session: root, uid, comm: 'make' },
    { pid: 302, ppid: 301, session: root, uid, comm: 'cc1plus', state: 'R' },
  ];
}

export const target: BuildTarget = {
  root: { pid: root, startTime: 1000 + root },
  uid,
  name: 'hello-1.0',
  user: 'nixbld1',
};

export function createFakeMachine(processes: readonly Made[] = daemonForest()): FakeMachine {
  const ports = createFakePorts();
  const alive = new Map<number, ProcessRaw>();
  const controller = new AbortController();
  let readings = 0;

  const machine: FakeMachine = {
    ports,
    progress: [],
    onRead: () => {},
    onSignal: () => undefined,
    context: {
      ports,
      readForest: () => {
        machine.onRead(readings);
        readings += 1;
        return forest([...alive.values()]);
      },
      stateDirectory: '/state',
      report: ({ text }) => text !== undefined && machine.progress.push(text),
      cancelled: controller.signal,
    },
    add(...more) {
      for (const one of more) alive.set(one.pid, made(one));
    },
    change(pid, changes) {
      alive.set(pid, { ...machine.process(pid), ...changes });
    },
    end(pid, as = 'gone') {
      if (as === 'zombie') machine.change(pid, { state: 'Z', residentBytes: 0 });
      else alive.delete(pid);
      for (const child of alive.values()) if (child.ppid === pid) machine.change(child.pid, { ppid: 1 });
    },
    has: (pid) => alive.has(pid) && machine.process(pid).state !== 'Z',
    process(pid) {
      const one = alive.get(pid);
      if (one === undefined) throw new Error(`no process ${pid}`);
      return one;
    },
    abort: () => controller.abort(),
    async run(action) {
      let ended = false;
      const done = action.finally(() => {
        ended = true;
      });
      done.catch(() => {});
      for (let turn = 0; !ended; turn += 1) {
        if (turn > 100_000) throw new Error('the action never ends');
        await new Promise((resolve) => setImmediate(resolve));
        ports.clock.advance(5);
      }
      return done;
    },
  };

  ports.signals.onSend = ({ pid, startTime }, signal) => {
    const process = alive.get(pid);
    if (process === undefined || process.startTime !== startTime) return fail('gone', `process ${pid}`);
    const said = machine.onSignal(process, signal);
    if (said !== undefined) return said;
    if (process.state === 'Z') return ok(undefined);
    if (signal === 'STOP') machine.change(pid, { state: 'T' });
    else if (signal === 'CONT') machine.change(pid, { state: 'S' });
    else if (signal === 'KILL' ? process.state !== 'D' : process.state !== 'T') machine.end(pid);
    return ok(undefined);
  };
  ports.files.set('/proc/4242/stat', ownStat());
  ports.files.set('/proc/sys/kernel/random/boot_id', 'this-boot\n');
  machine.add(...processes);
  return machine;
}

/** /proc/<our pid>/stat. */
export function ownStat({ ppid = 1, startTime = 777 } = {}): string {
  return `4242 (nixpulse) S ${ppid} 4242 4242 0 -1 0 ${'0 '.repeat(10)}1 0 ${startTime} 0\n`;
}

export function forest(processes: readonly ProcessRaw[], more: Partial<ForestRaw> = {}): ForestRaw {
  return {
    treeAtMs: 0,
    residentAtMs: 0,
    ticksPerSec: 100,
    uptimeSec: 1000,
    processes,
    locks: [],
    lockPaths: {},
    buildUsers: { [uid]: 'nixbld1', [uid + 1]: 'nixbld2' },
    userNames: {},
    buildDirectories: [],
    daemonSocket: 'listening',
    totalProcesses: processes.length,
    hidden: false,
    privileged: true,
    ...more,
  };
}
