import { describe, expect, it, test } from 'vitest';
import type { Failure } from '../../src/model/rebuild/failure.ts';
import { failureOf, failureSaid } from '../../src/parse/failure-words.ts';

const drv = `/nix/store/${'a'.repeat(32)}-x.drv`;
const x86 = { system: 'x86_64-linux', features: ['kvm'] };

/** Each wording with the versions that have it. */
const cases: readonly (readonly [version: string, text: string, failure: Failure])[] = [
  [
    '2.8',
    `builder for '${drv}' failed with exit code 2;\nlast 1 log lines:\n> boom`,
    { kind: 'exit', drv, code: 2 },
  ],
  [
    '2.30',
    `Cannot build '${drv}'.\nReason: builder failed with exit code 137.`,
    { kind: 'exit', drv, code: 137 },
  ],
  [
    '2.8',
    `builder for '${drv}' failed due to signal 9 (Killed)`,
    { kind: 'signal', drv, signal: 9, name: 'Killed' },
  ],
  [
    '2.30',
    `Cannot build '${drv}'.\nReason: builder failed due to signal 11 (Segmentation fault).`,
    { kind: 'signal', drv, signal: 11, name: 'Segmentation fault' },
  ],
  ['2.26', `1 dependencies of derivation '${drv}' failed to build`, { kind: 'dependency', drv, count: 1 }],
  ['2.30', `Cannot build '${drv}'.\nReason: 40 dependencies failed.`, { kind: 'dependency', drv, count: 40 }],
  [
    '2.8',
    `building of '${drv}!out' from .drv file timed out after 2 seconds of silence`,
    { kind: 'timeout', drv, seconds: 2, silent: true },
  ],
  [
    '2.26',
    `building of '${drv}^out' from .drv file timed out after 9 seconds`,
    { kind: 'timeout', drv, seconds: 9, silent: false },
  ],
  ['2.34', 'timed out after 2 seconds', { kind: 'timeout', drv: null, seconds: 2, silent: null }],
  [
    '2.3',
    `${drv} killed after writing more than 99 bytes of log output`,
    { kind: 'log-limit', drv: null, bytes: 99 },
  ],
  [
    'all',
    `'${drv}' killed after writing more than 99 bytes of log output`,
    { kind: 'log-limit', drv, bytes: 99 },
  ],
  [
    'Lix',
    `hash mismatch in fixed-output derivation '${drv}':\n  likely URL: https://x/y.tar\n  specified: sha256-A\n     got:    sha256-B\n  expected path: /nix/store/p`,
    { kind: 'hash', drv, specified: 'sha256-A', got: 'sha256-B', url: 'https://x/y.tar' },
  ],
  [
    'all',
    "hash mismatch in file downloaded from 'https://x/y':\n  specified: sha256:1\n  got:       sha256:2",
    { kind: 'hash', drv: null, specified: 'sha256:1', got: 'sha256:2', url: 'https://x/y' },
  ],
  [
    '2.34',
    `builder for '${drv}' failed to produce output path for output 'out' at "/nix/store/p"`,
    { kind: 'no-output', drv, output: 'out' },
  ],
  [
    '2.8',
    `a 'aarch64-linux' with features {} is required to build '${drv}', but I am a 'x86_64-linux' with features {kvm}`,
    {
      kind: 'system',
      drv,
      required: { system: 'aarch64-linux', features: [] },
      local: x86,
      reason: 'system',
    },
  ],
  [
    '2.30',
    `Cannot build '${drv}'.\nReason: required system or feature not available\nRequired system: 'x86_64-linux' with features {big, kvm}\nCurrent system: 'x86_64-linux' with features {kvm}`,
    {
      kind: 'system',
      drv,
      required: { system: 'x86_64-linux', features: ['big', 'kvm'] },
      local: x86,
      reason: 'features',
    },
  ],
  [
    '2.34',
    `Cannot build '${drv}'.\nReason: platform mismatch\nRequired system: 'aarch64-linux'\nCurrent system: 'x86_64-linux'`,
    {
      kind: 'system',
      drv,
      required: { system: 'aarch64-linux', features: [] },
      local: { system: 'x86_64-linux', features: [] },
      reason: 'system',
    },
  ],
  [
    '2.34',
    `Cannot build '${drv}'.\nReason: local builds are disabled (max-jobs = 0)`,
    { kind: 'system', drv, required: { system: '', features: [] }, local: null, reason: 'no-local-builds' },
  ],
  [
    '2.34',
    `build of '${drv}' on 'ssh-ng://b' failed: error: Cannot build '${drv}'.\nReason: builder failed with exit code 1.`,
    { kind: 'exit', drv, code: 1 },
  ],
  ['all', `build of '${drv}' on 'ssh://b' failed: broken pipe`, { kind: 'remote', drv, host: 'ssh://b' }],
  [
    'all',
    `cycle detected in build of '${drv}' in the references of output 'bin' from output 'out'`,
    { kind: 'cycle', drv, outputs: ['bin', 'out'] },
  ],
  [
    'all',
    "writing to file '/nix/store/p/big': No space left on device",
    { kind: 'space', drv: null, path: '/nix/store/p/big' },
  ],
  [
    'all',
    "unable to download 'https://c/x.nar': HTTP error 503 (curl error: No error)",
    {
      kind: 'network',
      drv: null,
      url: 'https://c/x.nar',
      httpStatus: 503,
      curlCode: null,
      text: 'HTTP error 503 (curl error: No error)',
    },
  ],
  [
    '2.34',
    "unable to download 'https://c/x': Could not connect to server (7) Failed; retrying in 2 ms (attempt 1/5)",
    {
      kind: 'network',
      drv: null,
      url: 'https://c/x',
      httpStatus: null,
      curlCode: 7,
      text: 'Could not connect to server (7) Failed',
    },
  ],
  [
    'all',
    "path '/nix/store/p' is required, but there is no substituter that can build it",
    { kind: 'no-substituter', drv: null, path: '/nix/store/p' },
  ],
  ['all', 'interrupted by the user', { kind: 'interrupted', drv: null }],
  ['all', 'Nix daemon disconnected unexpectedly (maybe it crashed?)', { kind: 'daemon-gone', drv: null }],
  [
    'all',
    `derivation '${drv}' may not be deterministic: output '/nix/store/p' differs`,
    { kind: 'not-deterministic', drv, output: '/nix/store/p' },
  ],
  ['any', 'something new', { kind: 'other', drv: null }],
  ['any', `something new about '${drv}'`, { kind: 'other', drv }],
];

test.each(cases)('%s: %s', (_, text, failure) => {
  expect(failureOf(text)).toEqual(failure);
});

describe('a whole message', () => {
  it('reads it as it is printed: indented, with log lines and the guess about space', () => {
    const text = `error: Cannot build '${drv}'.\n       Reason: builder failed with exit code 2.\n       Output paths:\n         /nix/store/p\n       Last 2 log lines:\n       > one\n       > two\n       For full logs, run:\n         nix log ${drv}\n       note: build failure may have been caused by lack of free disk space`;
    expect(failureSaid(text)).toEqual({
      failure: { kind: 'exit', drv, code: 2 },
      text: `Cannot build '${drv}'. Reason: builder failed with exit code 2.`,
      spaceNote: true,
      lastLines: ['one', 'two'],
    });
  });

  it('reads who the machines are that the hook did not find', () => {
    const text =
      'Failed to find a machine for remote build!\nderivation: x.drv\nrequired (system, features): (aarch64-linux, [kvm, big])\n2 available machines:\n(systems, maxjobs, supportedFeatures, mandatoryFeatures)\n([x86_64-linux, i686-linux], 4, [kvm], [])\n(aarch64-linux, 2, kvm, big, )';
    expect(failureOf(text)).toEqual({
      kind: 'no-machine',
      drv: 'x.drv',
      required: { system: 'aarch64-linux', features: ['kvm', 'big'] },
      machines: [
        { system: 'x86_64-linux, i686-linux', features: ['kvm'], maxJobs: 4 },
        { system: 'aarch64-linux', features: ['kvm', 'big'], maxJobs: 2 },
      ],
    });
  });
});
