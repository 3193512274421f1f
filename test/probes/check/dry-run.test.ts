import { expect, test } from 'vitest';
import { absoluteReference } from '../../../src/modes/flake-reference.ts';
import { parseNixConfigJson } from '../../../src/parse/nix-config-json.ts';
import { planOfLines, readDryRun } from '../../../src/probes/check/dry-run.ts';
import { settingsOf } from '../../../src/probes/check/settings.ts';
import { within } from '../../../src/probes/check/within.ts';
import { createFakePorts } from '../../support/fake-ports.ts';
import { realProbe } from '../../support/probe-context.ts';

test('what Nix says that it would do', () => {
  const text = `warning: you did not specify '--add-root'
these 2 derivations will be built:
  /nix/store/a-etc.drv
  /nix/store/b-nixos-system-box.drv
these 2 paths will be fetched (12.50 MiB download, 48.00 MiB unpacked):
  /nix/store/c-firefox
  /nix/store/d-linux
don't know how to build these paths:
  /nix/store/e-lost
error: some references to path '/nix/store/e-lost' could not be found`;
  expect(planOfLines(text.split('\n'))).toEqual({
    builds: ['/nix/store/a-etc.drv', '/nix/store/b-nixos-system-box.drv'],
    fetches: ['/nix/store/c-firefox', '/nix/store/d-linux'],
    unknown: ['/nix/store/e-lost'],
    downloadBytes: 12.5 * 2 ** 20,
    unpackedBytes: 48 * 2 ** 20,
  });
});

test('nothing to do is nothing to fetch; sizes that are not told are not known', () => {
  const none = { builds: [], fetches: [], unknown: [] };
  expect(planOfLines([])).toEqual({ ...none, downloadBytes: 0, unpackedBytes: 0 });
  const old = planOfLines(['these paths will be fetched:', '  /nix/store/c-firefox']);
  expect(old).toMatchObject({ fetches: ['/nix/store/c-firefox'], downloadBytes: null, unpackedBytes: null });
});

test('settings as Nix tells them, and as an old one leaves them out', () => {
  const config = parseNixConfigJson(
    JSON.stringify({
      'max-jobs': { value: 8 },
      cores: { value: 0 },
      system: { value: 'x86_64-linux' },
      'extra-platforms': { value: ['i686-linux'] },
      'system-features': { value: ['kvm'] },
      substituters: { value: ['https://a', 'https://b', 'https://a'] },
      'min-free': { value: 0 },
    }),
  );
  expect(settingsOf(config ?? new Map())).toEqual({
    ...{ maxJobs: 8, cores: 0, system: 'x86_64-linux', platforms: ['x86_64-linux', 'i686-linux'] },
    ...{ features: ['kvm'], minFreeBytes: null, substituters: ['https://a', 'https://b'] },
  });
  expect(settingsOf(new Map([['min-free', 1024]]))).toEqual({
    ...{ maxJobs: null, cores: null, system: null, platforms: [], features: null },
    ...{ minFreeBytes: 1024, substituters: [] },
  });
});

test('without a configuration nothing is evaluated', async () => {
  const ports = createFakePorts();
  const context = { ...realProbe().context, ports };
  expect(await readDryRun({ flake: null }, context)).toMatchObject({
    problem: { kind: 'gone', where: '/etc/nixos' },
  });
  expect(ports.spawn.calls).toEqual([]);
});

test.each([
  ['.', '/home/me/config'],
  ['.#box', '/home/me/config#box'],
  ['#box', '/home/me/config#box'],
  ['./hosts?dir=a#box', '/home/me/config/hosts?dir=a#box'],
  ['..', '/home/me'],
  ['/etc/nixos#a', '/etc/nixos#a'],
  ['github:me/config', 'github:me/config'],
  ['config#a', 'config#a'],
])('%s from /home/me/config', (flake, absolute) => {
  expect(absoluteReference(flake, '/home/me/config')).toBe(absolute);
});

test('a reading past its deadline is ended, and one that does not come back is left behind', async () => {
  const ports = createFakePorts();
  const context = { ...realProbe().context, ports };
  let ended = false;
  const polite = within(1000, 'it', context, ({ cancelled }) => {
    const { promise, resolve } = Promise.withResolvers<{ ok: true; value: number }>();
    cancelled.addEventListener('abort', () => {
      ended = true;
      resolve({ ok: true, value: 7 });
    });
    return promise;
  });
  ports.clock.advance(1000);
  // What it had by then counts.
  expect(await polite).toEqual({ ok: true, value: 7 });
  expect(ended).toBe(true);
  const deaf = within(1000, 'it', context, () => new Promise<never>(() => {}));
  ports.clock.advance(1000);
  ports.clock.advance(3000);
  expect(await deaf).toMatchObject({
    problem: { kind: 'timeout', where: 'it', cause: 'no answer within 1 s' },
  });
});
