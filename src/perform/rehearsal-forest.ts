/**
 * A client with a build that no machine has, for rehearsals: their pids are above PID_MAX_LIMIT (4194304, kernel:
 * include/linux/threads.h), so that no process ever has them and a signal to them reaches nobody.
 */
import type { BuildTarget, ClientTarget } from '../model/intents/intent.ts';
import type { ForestRaw, ProcessFacts, ProcessRaw } from '../model/sample.ts';

const largestPid = 4_194_304;
const [client, root, child] = [largestPid + 1, largestPid + 2, largestPid + 3];
/** Ticks since boot. */
const startTime = 1;
const uid = 1;
const user = 'nixbld1';
const name = 'rehearsal-1.0';

export function isRehearsal({ pid }: { readonly pid: number }): boolean {
  return pid > largestPid;
}

/** `raw` without its processes: these two and the builder's child instead. */
export function rehearsalForest(raw: ForestRaw): ForestRaw {
  const processes = [
    process(client, { comm: 'nix-build', facts: { argv: ['nix-build', 'rehearsal.nix'] } }),
    process(root, { ppid: client, uid, comm: 'bash', facts: builder }),
    process(child, { ppid: root, pgrp: root, session: root, uid, comm: 'cc1plus' }),
  ];
  return { ...emptiedForest(raw), processes, buildUsers: { [uid]: user }, userNames: { [uid]: user } };
}

/** Everything has ended. */
export function emptiedForest(raw: ForestRaw): ForestRaw {
  return { ...raw, processes: [], locks: [], lockPaths: {}, buildDirectories: [] };
}

export const rehearsalBuild: BuildTarget = { root: { pid: root, startTime }, uid, name, user };
export const rehearsalClient: ClientTarget = {
  process: { pid: client, startTime },
  command: 'nix-build rehearsal.nix',
};

const builder: ProcessFacts = { rootMount: `/nix/store/${'0'.repeat(32)}-${name}.drv.chroot` };

function process(pid: number, over: Partial<ProcessRaw>): ProcessRaw {
  return {
    pid,
    startTime,
    ppid: 1,
    pgrp: pid,
    session: pid,
    tty: 0,
    state: 'R',
    comm: '',
    uid: 0,
    threads: 1,
    userTicks: 100,
    systemTicks: 10,
    childUserTicks: 0,
    childSystemTicks: 0,
    majorFaults: 0,
    childMajorFaults: 0,
    residentBytes: 1 << 20,
    readBytes: 0,
    writeBytes: 0,
    facts: {},
    ...over,
  };
}
