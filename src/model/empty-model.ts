/** The Model before anything was read: every number unknown, every list empty. */

import { noDecision } from './diagnosis/decision.ts';
import { noProbes } from './diagnosis/probes-done.ts';
import { emptyForestParts } from './forest/derive-forest.ts';
import type { Model, Pressure } from './model.ts';
import { noLogPath } from './rebuild/log-path.ts';

const unread: Pressure = {
  some: null,
  full: null,
  level: 'ok',
  sinceMs: null,
  levelSinceMs: null,
  problem: null,
};
const { daemon, otherDaemons, clients, workers, builds, transfers, cgroups, totals } = emptyForestParts;

export const emptyModel: Model = {
  version: 1,
  timeMs: 0,
  monotonicMs: 0,
  intervalSec: null,
  host: {
    name: null,
    kernel: null,
    system: null,
    nixVersion: null,
    cpuModel: null,
    cpus: null,
    uptimeSec: null,
  },
  pressure: { cpu: unread, memory: unread, io: unread, irq: unread },
  shortages: [],
  memory: {
    totalBytes: null,
    availableBytes: null,
    usedBytes: null,
    pageCacheBytes: null,
    dirtyBytes: null,
    writebackBytes: null,
    swapTotalBytes: null,
    swapUsedBytes: null,
    swapInBytesPerSec: null,
    swapOutBytesPerSec: null,
    majorFaultsPerSec: null,
    oomKills: null,
    zramRatio: null,
    arcBytes: null,
  },
  cpu: {
    cpus: null,
    userPercent: null,
    systemPercent: null,
    iowaitPercent: null,
    stealPercent: null,
    idlePercent: null,
    load1: null,
    load5: null,
    load15: null,
    runningProcesses: null,
    blockedProcesses: null,
  },
  disks: [],
  filesystems: [],
  daemon,
  otherDaemons,
  clients,
  workers,
  builds,
  rebuilds: [],
  derivations: new Map(),
  logPath: noLogPath,
  durations: new Map(),
  verdicts: [],
  findings: [],
  hypotheses: [],
  decision: noDecision,
  health: null,
  notices: [],
  probes: noProbes,
  transfers,
  cgroups,
  totals,
  events: [],
  problems: [],
  readAtMs: {},
};
