/** A result of every probe, with every field. */
import type { ProbeResult } from '../../src/model/diagnosis/probe.ts';
import { probeIds } from '../../src/model/diagnosis/probe.ts';
import type { EvaluationRun, ProbeValues } from '../../src/model/diagnosis/probe-values.ts';

const run: EvaluationRun = {
  end: 'memory',
  configuration: '/etc/nixos#box',
  sec: 41.5,
  limitSec: 600,
  peakBytes: 2 ** 32,
  limitBytes: 2 ** 32,
  error: null,
  repeated: [{ place: '/etc/nixos/loop.nix:7', times: 4000 }],
  omittedFrames: 0,
  options: ['services.nginx'],
  files: ['/etc/nixos/loop.nix'],
};

export const everyValue: ProbeValues = {
  'verify-store': {
    checked: 1200,
    partial: true,
    unreadable: 1,
    damaged: [
      { path: '/nix/store/0123456789abcdfghijklmnpqrsvwxyz-a', how: 'empty' },
      { path: '/nix/store/1123456789abcdfghijklmnpqrsvwxyz-b', how: 'unrecorded' },
    ],
  },
  'verify-path': { damaged: null },
  database: { ok: false, said: ['row 7 missing from index'], bytes: 4096 },
  smart: {
    passed: false,
    standby: false,
    exitStatus: 216,
    model: 'ACME',
    temperatureC: 41,
    percentUsed: 118,
    spareBelowThreshold: true,
    mediaErrors: 7,
    reallocated: 1975,
    pending: 8,
    cableErrors: 3,
    messages: ['Warning'],
  },
  'kernel-log': {
    from: 'kmsg',
    notices: [
      {
        kind: 'guard-kill',
        by: 'systemd-oomd',
        considered: [{ cgroup: '/a', currentBytes: 7, pressure10: 60 }],
        pid: null,
        comm: null,
        uid: null,
        residentBytes: null,
        cgroup: '/a',
        timeMs: 1,
        from: 'journal',
        text: 'Killed /a',
      },
      {
        kind: 'hung-task',
        pid: 7,
        comm: 'cc1',
        sec: 120,
        timeMs: 2,
        from: 'kernel',
        text: 'INFO: task cc1:7',
      },
    ],
  },
  units: {
    failed: [{ unit: 'nix-gc.service', state: 'failed' }],
    jobs: [{ unit: 'postgresql.service', type: 'stop', state: 'running' }],
  },
  'read-speed': { layers: [{ device: 'dm-0', bytesPerSec: 3e8, sizeBytes: 5e11 }] },
  'cipher-speed': { bytesPerSec: 2e9, cipher: 'aes-xts-plain64' },
  volumes: {
    groups: [{ name: 'vg0', ok: true }],
    logical: [{ name: 'vg0/pool', dataPercent: 98.4, metadataPercent: null, state: null }],
  },
  'bad-blocks': { badBlocks: 2, checkedBytes: 2 ** 30, totalBytes: 2 ** 40, partial: true },
  evaluation: run,
  'evaluation-profile': { run, by: 'time', files: [{ file: 'a.nix', percent: 40, totalPercent: 90 }] },
  bisection: { run, steps: 11, of: 40, modules: ['/etc/nixos/loop.nix'], failsBare: false, complete: true },
  cache: {
    reachable: true,
    sec: 0.2,
    httpStatus: 200,
    bytesPerSec: 1e7,
    trusted: false,
    keys: ['cache.example.org-1'],
    priority: 40,
    storeDirectory: '/nix/store',
    said: null,
  },
  builder: {
    reachable: false,
    sec: null,
    nixVersion: null,
    trusted: null,
    systems: null,
    features: ['kvm'],
    said: 'Connection refused',
  },
  stack: { places: [{ wchan: 'do_wait', times: 20, pid: 7, comm: 'sh' }], samples: 20, stack: ['do_wait'] },
};

export const everyResult: readonly ProbeResult[] = probeIds.map(
  (id, at) =>
    ({
      ...{ id, subject: at % 2 === 0 ? null : 'sda', startedMs: 1000 + at, endedMs: 2000 + at },
      ...{ ok: true, value: everyValue[id] },
    }) as ProbeResult,
);
