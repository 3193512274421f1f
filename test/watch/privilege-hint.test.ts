import { expect, test } from 'vitest';
import type { ForestRaw } from '../../src/model/sample.ts';
import { privilegeHint } from '../../src/watch/privilege-hint.ts';
import { forest } from '../support/forest-raw.ts';

const hint = (raw: Partial<ForestRaw>) =>
  privilegeHint({
    version: 1,
    timeMs: 0,
    monotonicMs: 0,
    forest: { atMs: 0, ok: true, value: forest([], { privileged: false, ...raw }) },
  });
const both = ['CAP_SYS_PTRACE', 'CAP_DAC_READ_SEARCH'];

test('without a forest it is not known', () => {
  expect(privilegeHint({ version: 1, timeMs: 0, monotonicMs: 0 })).toBeUndefined();
});

test.each<[string, Partial<ForestRaw>, string | null]>([
  ['nothing is missing', { privileged: true }, null],
  [
    'a user',
    { missingPrivileges: both },
    'I/O, hashes, lock holders: only as root (CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH)',
  ],
  [
    "a container's root",
    { missingPrivileges: ['CAP_SYS_PTRACE'] },
    'I/O, hashes, lock holders: only with CAP_SYS_PTRACE',
  ],
  ['no capabilities here', { missingPrivileges: ['root'] }, 'I/O, hashes, lock holders: only as root'],
  [
    'hidepid',
    { hidden: true, missingPrivileges: both },
    "hidepid hides other users' processes: seen only as root (CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH)",
  ],
])('%s', (_, raw, text) => {
  expect(hint(raw)).toBe(text);
});
