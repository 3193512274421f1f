import { expect, test } from 'vitest';
import { elevation } from '../../src/platform/elevation.ts';

const ids = (uid: number, euid: number, gid = 0, egid = gid) => ({
  getuid: () => uid,
  geteuid: () => euid,
  getgid: () => gid,
  getegid: () => egid,
});

test.each([
  ['root', ids(0, 0), null],
  ['a user', ids(1000, 1000, 100), null],
  ['set-uid root', ids(1000, 0), /uid 0 for uid 1000 \(set-uid\): refused; use sudo nixpulse/],
  ['set-uid to another', ids(0, 1000), /set-uid/],
  ['set-gid', ids(1000, 1000, 100, 30000), /set-gid/],
])('%s', (_, given, expected) => {
  const said = elevation(given);
  if (expected === null) expect(said).toBeNull();
  else expect(said).toMatch(expected);
});
