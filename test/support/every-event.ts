/** One event of each kind. */
import type { ModelEvent } from '../../src/model/model.ts';

const GiB = 1024 ** 3;
const build = { pid: 7, startTime: 70, name: 'firefox-130.0', user: 'nixbld3' };

type Rows = { readonly [Kind in ModelEvent['kind']]: Omit<Extract<ModelEvent, { kind: Kind }>, 'kind'> };

const rows: Rows = {
  'oom-kill': { timeMs: 1, level: 'critical', count: 2 },
  'oom-limit': {
    timeMs: 1,
    level: 'critical',
    cgroup: '/system.slice/nix-daemon.service',
    limitBytes: 8 * GiB,
    count: 1,
    build: 'firefox-130.0',
  },
  killed: {
    timeMs: 1,
    level: 'critical',
    killer: 'systemd-oomd',
    pid: null,
    comm: null,
    uid: null,
    residentBytes: 6 * 1024 ** 2,
    cgroup: '/system.slice/systemd-resolved.service',
    limitBytes: null,
    build: null,
    drv: null,
    builds: 0,
    command: null,
    causeBuild: 'firefox-130.0',
    causeCommand: null,
    causeResidentBytes: 30 * GiB,
    causeGrowthBytesPerMin: 24 * GiB,
  },
  'hung-task': {
    timeMs: 1,
    level: 'warning',
    pid: 9,
    comm: 'ld',
    lengthSec: 120,
    build: 'firefox-130.0',
    drv: `/nix/store/${'a'.repeat(32)}-firefox-130.0.drv`,
    command: null,
  },
  limit: {
    timeMs: 1,
    level: 'warning',
    resource: 'memory',
    line: 'some',
    percent: 40,
    cgroup: '/system.slice/nix-daemon.service',
    limitBytes: 8 * GiB,
  },
  pressure: { timeMs: 1, level: 'critical', resource: 'memory', line: 'full', percent: 63.2 },
  stall: { timeMs: 1, level: 'critical', device: 'nvme0n1', stalledSec: 2.1 },
  space: { timeMs: 1, level: 'warning', path: '/nix', usedPercent: 96.2, availableBytes: 4 * GiB },
  inodes: { timeMs: 1, level: 'critical', path: '/nix', freeInodesPercent: 0.2 },
  'shortage-ended': { timeMs: 1, level: 'ok', resource: 'space', path: '/nix', lengthSec: 4 },
  suspend: { timeMs: 1, level: 'ok', lengthSec: 11_520 },
  'clock-jump': { timeMs: 1, level: 'ok', bySec: -90, unsure: false },
  'build-started': { timeMs: 1, level: 'ok', ...build },
  'build-ended': { timeMs: 1, level: 'ok', ...build, ageSec: 240 },
  'client-ended': { timeMs: 1, level: 'ok', pid: 8, startTime: 80, command: 'nix build' },
  'build-failed': {
    timeMs: 1,
    level: 'warning',
    rebuild: 'command stream',
    command: 'nixos-rebuild switch --flake .#box',
    drv: `/nix/store/${'a'.repeat(32)}-firefox-130.0.drv`,
    name: 'firefox-130.0',
    phase: 'build',
    ageSec: 240,
    cause: { kind: 'exit', code: 2 },
    said: 'make: *** [all] Error 1',
  },
  'rebuild-ended': {
    timeMs: 1,
    level: 'warning',
    rebuild: 'command stream',
    command: 'nixos-rebuild switch --flake .#box',
    built: 34,
    failed: 1,
    unbuilt: 22,
    lengthSec: 2832,
  },
  foreign: { timeMs: 1, level: 'ok', was: 'build-ended', text: 'glibc-2.40 after 3 min' },
};

export const everyEvent = Object.entries(rows).map(([kind, row]) => ({ kind, ...row }) as ModelEvent);
