/** Raw forests for the tests of derive: processes as rows, everything else as on a small NixOS. */
import type { ForestRaw, LockRaw, ProcessFacts, ProcessRaw } from '../../src/model/sample.ts';

export const hashes = ['0c9l3bfxgpqvc1xz5y6kba6nyi7h1w1v', '3wmfikm3n44rdwmpi7153c5fvg947nsg'] as const;

export const buildUsers = { 30001: 'nixbld1', 30002: 'nixbld2', 30003: 'nixbld3' };

/** Ten seconds before now on a machine that has been up for 1000 s, at 100 ticks a second. */
export const started = 99_000;
export const uptimeSec = 1000;

export function process(spec: Partial<ProcessRaw> & { readonly pid: number }): ProcessRaw {
  return {
    ppid: 1,
    pgrp: spec.pid,
    session: spec.pid,
    tty: 0,
    state: 'S',
    comm: 'sleep',
    uid: 0,
    threads: 1,
    startTime: started + (spec.pid % 900),
    userTicks: 0,
    systemTicks: 0,
    childUserTicks: 0,
    childSystemTicks: 0,
    majorFaults: 0,
    childMajorFaults: 0,
    residentBytes: 1_000_000,
    readBytes: 0,
    writeBytes: 0,
    facts: {},
    ...spec,
  };
}

export function forest(processes: readonly ProcessRaw[], more: Partial<ForestRaw> = {}): ForestRaw {
  return {
    treeAtMs: 10_000,
    residentAtMs: 10_000,
    ticksPerSec: 100,
    uptimeSec,
    processes,
    locks: [],
    lockPaths: {},
    buildUsers,
    userNames: { 0: 'root', 1000: 'alice', ...buildUsers },
    buildDirectories: [],
    daemonSocket: 'listening',
    totalProcesses: 300,
    hidden: false,
    privileged: true,
    ...more,
  };
}

/** The same forest `seconds` later. */
export function later(raw: ForestRaw, seconds: number, more: Partial<ForestRaw> = {}): ForestRaw {
  return {
    ...raw,
    treeAtMs: raw.treeAtMs + seconds * 1000,
    residentAtMs: raw.residentAtMs + seconds * 1000,
    uptimeSec: raw.uptimeSec + seconds,
    ...more,
  };
}

export const daemon = (pid = 100): ProcessRaw =>
  process({ pid, comm: 'nix-daemon', facts: { argv: ['nix-daemon', '--daemon'] } });

export const worker = (pid: number, clientPid: number, ppid = 100): ProcessRaw =>
  process({ pid, ppid, comm: 'nix-daemon', facts: { argv: ['nix-daemon', `${clientPid}`, '', ''] } });

export const client = (pid: number, spec: Partial<ProcessRaw> = {}): ProcessRaw =>
  process({
    pid,
    ppid: 50,
    session: 50,
    tty: 0x8803,
    uid: 1000,
    comm: 'nix-build',
    facts: { argv: ['nix-build', '-A', 'firefox'] },
    ...spec,
  });

export const environment = (
  name: string | null,
  more: object = {},
): ProcessFacts['environment'] & object => ({
  name,
  pname: null,
  version: null,
  out: name === null ? null : `/nix/store/${hashes[1]}-${name}`,
  buildTop: '/build',
  system: 'x86_64-linux',
  cores: 8,
  ...more,
});

/** A builder in a sandbox; `name: null` has no facts yet. */
export const builder = (
  pid: number,
  ppid: number,
  name: string | null,
  spec: Partial<ProcessRaw> = {},
): ProcessRaw =>
  process({
    pid,
    ppid,
    uid: 30001,
    comm: 'bash',
    facts:
      name === null
        ? {}
        : {
            argv: ['bash', '-e', '/nix/store/x-default-builder.sh'],
            rootMount: `/nix/store/${hashes[0]}-${name}.drv.chroot/root`,
            environment: environment(name),
          },
    ...spec,
  });

/** A process of a build below its builder. */
export const child = (
  pid: number,
  root: ProcessRaw,
  comm: string,
  spec: Partial<ProcessRaw> = {},
): ProcessRaw =>
  process({ pid, ppid: root.pid, pgrp: root.pid, session: root.pid, uid: root.uid, comm, ...spec });

export const lock = (pid: number, file: string, waiting = false): LockRaw => ({
  pid,
  file,
  kind: 'FLOCK',
  mode: 'WRITE',
  waiting,
});
