import { expect, test } from 'vitest';
import { builderRemedies, cacheRemedies } from '../../src/format/peer-remedies.ts';
import type { BuilderRow } from '../../src/model/caches/builder-rows.ts';
import type { CacheRow } from '../../src/model/caches/cache-rows.ts';

const cache = (address: string): CacheRow => ({
  ...{ address, state: 'silent', configured: true, asked: null, checked: null, checkedMs: null },
});

test('curl is for what speaks HTTP', () => {
  expect(cacheRemedies(cache('https://nas'))[0]).toContain('curl -v https://nas/nix-cache-info');
  for (const address of ['s3://bucket', 'file:///mnt/cache', 'ssh-ng://box']) {
    const remedies = cacheRemedies(cache(address)).join('\n');
    expect(remedies).toContain(`nix store info --store ${address} `);
    expect(remedies).not.toContain('curl');
  }
});

const builder = (address: string): BuilderRow => ({
  ...{ address, name: 'box', configured: true, systems: [], features: [], mandatory: [], slots: 1 },
  ...{ speedFactor: 1, busy: 0, waiting: 0, builds: [], checked: null, checkedMs: null },
  idle: { kind: 'check', trouble: 'login' },
});

test('who logs in is asked, and never an option', () => {
  const [first] = builderRemedies(builder('ssh-ng://nix@box?compress=true'));
  expect(first).toContain('sudo ssh -v -- nix@box true');
  expect(builderRemedies(builder('ssh://-oProxyCommand=x'))[0]).toContain('ssh -v -- -oProxyCommand=x true');
  expect(builderRemedies(builder('ssh://nix@[::1]'))[0]).toContain('ssh -v -- nix@::1 true');
  expect(builderRemedies(builder('ssh://nix@[::1]:22'))[0]).toContain('ssh -v -p 22 -- nix@::1 true');
  expect(builderRemedies(builder('ssh-ng://box:2222/'))[0]).toContain('ssh -v -p 2222 -- box true');
});
