/** Caches that only Nix can ask: how it is called. */
import { expect, test } from 'vitest';
import { ok } from '../../../src/base/problem.ts';
import { askStore } from '../../../src/probes/cache-check/ask-store.ts';
import { createFakeSpawn } from '../../support/fake-spawn.ts';
import { realProbe } from '../../support/probe-context.ts';

test('its address is in no argument, which everybody could read', async () => {
  const spawn = createFakeSpawn();
  spawn.onRun = () => ok({ exitCode: 0, signal: null, stdout: '', stderr: '' });
  spawn.onStream = () => ({ lines: ['2>error: cannot open it'], exitCode: 1 });
  const { context } = realProbe();
  const address = 'ssh://ada:secret@box';
  const asked = await askStore(address, { ...context, ports: { ...context.ports, spawn } });
  expect(asked?.failed).toMatchObject({ trouble: 'unreachable', said: 'cannot open it' });
  const call = spawn.calls.find(({ args }) => args.includes('ping'));
  expect(call?.environment.NIX_REMOTE).toBe(address);
  expect(spawn.calls.flatMap(({ file, args }) => [file, ...args]).join(' ')).not.toMatch(/secret/);
});
