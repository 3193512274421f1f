/** Whose logins are given to caches. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readCacheWorld } from '../../../src/probes/cache-check/cache-world.ts';
import { fakeNative } from '../../support/fake-ports.ts';
import { realProbe } from '../../support/probe-context.ts';

const me = process.getuid?.() ?? 0;

test.each([
  ['root', 0, true],
  ['a user with the rights of a wrapper, of a file of his own', me === 0 ? null : me, true],
  ['a user with the rights of a wrapper, of a file of somebody else', me + 4242, false],
])('%s', async (_, uid, isKnown) => {
  if (uid === null) return;
  const directory = mkdtempSync(join(tmpdir(), 'nixpulse-netrc-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const netrc = join(directory, 'netrc');
  writeFileSync(netrc, 'machine nas login ada password secret\n', { mode: 0o600 });
  const { context } = realProbe();
  const ports = { ...context.ports, native: fakeNative({ uid, missing: () => [] }) };
  const config = new Map([['netrc-file', netrc]]);
  const world = await readCacheWorld(config, { environment: {}, packagePath: null }, { ...context, ports });
  expect(world.loginAt?.('nas') ?? null).toEqual(isKnown ? { user: 'ada', password: 'secret' } : null);
});
