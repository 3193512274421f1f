/** Every kind of cause has its words, and those of real streams are as a person would say them. */
import { expect, test } from 'vitest';
import { failureCauseText, placeName, rootCauseText } from '../../src/format/causes.ts';
import { rootCauses } from '../../src/logs/root-causes.ts';
import type { Cause } from '../../src/model/rebuild/cause.ts';
import { rebuildOfLog } from '../support/followed-streams.ts';
import { expectGolden } from '../support/golden.ts';
import { logNames } from '../support/logs.ts';

const memory = {
  kind: 'out-of-memory',
  scope: 'machine',
  cgroup: null,
  certainty: 'certain',
  process: 'cc1plus',
} as const;
const space = { kind: 'space', of: 'blocks', mountPoint: '/tmp', path: null, guess: false } as const;
const system = {
  kind: 'system',
  reason: 'system',
  required: { system: 'aarch64-linux', features: [] },
  local: { system: 'x86_64-linux', features: ['kvm'] },
  offers: [],
} as const;
const tool = { kind: 'tool', names: [] } as const;

test.each<[Cause, string]>([
  [memory, 'out of memory: the kernel killed cc1plus'],
  [
    { ...memory, certainty: 'likely', process: null },
    'probably out of memory: the kernel killed a process of it',
  ],
  [
    { ...memory, scope: 'cgroup', cgroup: '/system.slice/nix-daemon.service' },
    'out of memory at the limit of nix-daemon.service: the kernel killed cc1plus',
  ],
  [{ kind: 'killed', by: 'us' }, 'killed from nixpulse'],
  [{ kind: 'killed', by: 'unknown' }, 'killed by signal 9, by whom is unknown'],
  [{ kind: 'signal', signal: 11, name: 'Segmentation fault' }, 'signal 11 (Segmentation fault)'],
  [{ kind: 'exit', code: 2 }, 'exit code 2'],
  [space, 'no space left on /tmp'],
  [{ ...space, of: 'inodes' }, 'no inodes left on /tmp'],
  [{ ...space, of: 'own-limit' }, 'no space within a limit of its own (/tmp has room)'],
  [{ ...space, of: null, mountPoint: null, guess: true }, 'perhaps no space left'],
  [{ kind: 'timeout', seconds: 3600, silent: true }, 'timed out: 60 min without a line'],
  [{ kind: 'timeout', seconds: 2, silent: false }, 'timed out after 2 s'],
  [{ kind: 'timeout', seconds: 2, silent: null }, 'timed out after 2 s, in all or without a line'],
  [{ kind: 'log-limit', bytes: 10 * 2 ** 20 }, 'its log was longer than 10 MB'],
  [
    { kind: 'hash', specified: 'sha256-AAAA', got: 'sha256-mOpu', url: null },
    'hash mismatch: got sha256-mOpu, specified sha256-AAAA',
  ],
  [system, 'needs aarch64-linux, this is x86_64-linux'],
  [
    { ...system, offers: ['ssh-ng://builder@big-arm'] },
    'needs aarch64-linux, this is x86_64-linux; big-arm would do',
  ],
  [
    { ...system, reason: 'features', required: { system: 'x86_64-linux', features: ['kvm', 'cuda'] } },
    'needs the system feature cuda',
  ],
  [{ ...system, reason: 'no-local-builds' }, 'nothing is built here (max-jobs = 0) and nobody else does'],
  [
    {
      kind: 'network',
      cache: 'https://cache.nixos.org',
      url: 'https://cache.nixos.org/a.narinfo',
      httpStatus: 503,
    },
    'cache.nixos.org failed: HTTP 503',
  ],
  [
    {
      kind: 'network',
      cache: null,
      url: 'https://a.org/b.tar.gz',
      httpStatus: null,
      text: 'Could not resolve host',
    },
    'the download of https://a.org/b.tar.gz failed: Could not resolve host',
  ],
  [{ kind: 'network', cache: null, url: '', text: '' }, 'a download failed'],
  [{ kind: 'no-substituter', paths: [`/nix/store/${'a'.repeat(32)}-hello-2.12`] }, 'no cache has hello-2.12'],
  [{ kind: 'no-substituter', paths: [] }, 'no cache has it'],
  [
    { kind: 'unsigned', path: `/nix/store/${'a'.repeat(32)}-hello-2.12` },
    'hello-2.12 is signed by no trusted key',
  ],
  [{ kind: 'remote', host: 'ssh://builder@big-arm' }, 'it could not be built on big-arm'],
  [{ kind: 'no-output', output: 'out' }, 'it did not make its output out'],
  [{ kind: 'cycle', outputs: ['out', 'dev'] }, 'its outputs out and dev need each other'],
  [{ kind: 'not-deterministic', output: null }, 'not deterministic: came out otherwise the second time'],
  [
    {
      kind: 'evaluation',
      recursion: false,
      file: `/nix/store/${'a'.repeat(32)}-source/a.nix`,
      line: 2,
      column: 13,
    },
    'evaluation failed at a.nix:2:13',
  ],
  [{ kind: 'evaluation', recursion: true, file: null, line: null, column: null }, 'infinite recursion'],
  [{ kind: 'daemon-memory' }, 'the daemon was out of memory'],
  [{ kind: 'daemon-gone' }, 'the connection to the daemon was lost'],
  [{ kind: 'interrupted' }, 'interrupted'],
  [{ ...tool, reason: 'lock' }, 'another switch holds the lock'],
  [{ ...tool, reason: 'units', names: ['nginx.service'] }, 'the unit nginx.service failed'],
  [{ ...tool, reason: 'units', names: ['a.service', 'b.service'] }, 'units a.service and b.service failed'],
  [{ ...tool, reason: 'activation', names: ['ada'] }, 'the activation failed for ada'],
  [{ ...tool, reason: 'bootloader' }, 'the bootloader could not be installed'],
  [{ ...tool, reason: 'checks' }, 'a check before the switch failed'],
  [{ ...tool, reason: 'command' }, 'a command of it failed'],
  [{ ...tool, reason: 'command-signal' }, 'a command of it was killed'],
  [{ kind: 'unknown' }, ''],
  [{ kind: 'unknown', told: 'timeout' }, 'timed out'],
  [{ kind: 'unknown', told: 'hash' }, 'a hash does not match'],
])('%j', (cause, text) => {
  expect(failureCauseText(cause)).toBe(text);
});

test('places are called by their server, and what is no address by itself', () => {
  expect(placeName('https://cache.nixos.org')).toBe('cache.nixos.org');
  expect(placeName('ssh-ng://ada@big-arm?x=1')).toBe('big-arm');
  expect(placeName('file:///lab/cache')).toBe('file:///lab/cache');
});

test('the causes of all streams', () => {
  const lines = logNames.flatMap((name) =>
    rootCauses(rebuildOfLog(name), {}).map((root) => `${name}: ${rootCauseText(root)}`),
  );
  expectGolden('logs/cause-words', lines.join('\n'));
});
