/** Items of `check deploy` as people read them: the whole table, and the cases that users met. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fail, ok } from '../../src/base/problem.ts';
import { deployItems } from '../../src/check/deploy.ts';
import { formatCheck } from '../../src/format/check-text.ts';
import { itemRemedies, itemText, itemTitle } from '../../src/format/check-words.ts';
import { deployWords } from '../../src/format/check-words-deploy.ts';
import type { DeployFacts } from '../../src/model/advice/deploy-facts.ts';
import { parseTargetReport } from '../../src/parse/target-report.ts';
import {
  debian,
  deployFacts,
  disk,
  evaluationRun,
  installer,
  itemOf,
  running,
} from '../support/deploy-facts.ts';
import { expectGolden } from '../support/golden.ts';

/** Of the deployment guide, what can be known before; the rest happens in the middle of it or after. */
const guide = [
  'Can you ping the target system?',
  'Can you SSH to the target manually?',
  'Does the configuration build locally?',
  'Is the target booted from the Keystone ISO?',
  'Is there sufficient disk space (minimum 20GB)?',
  'Is the disk device path correct in configuration?',
  'Are your SSH keys properly configured?',
  'ISO Build Fails',
  'Configuration Validation Fails',
  '"disk device not found" during deployment',
  'SSH Access Fails After Deployment',
  'Target Not Reachable',
  'Deployment Hangs "Building system closure"',
  '"ZFS modules not available"',
  'Disk Formatting Fails',
  'Deployment Hangs at Pool Export',
  'System Hangs at Password Prompt',
  "System Won't Boot After Deployment",
  "Can't SSH After First Boot",
  'ZFS Pool Not Imported',
  'Cannot Access Encrypted Datasets',
  '"pool export failed" Error',
  'Deployment Takes Too Long',
  'System Slow After Deployment',
];

const broken: readonly DeployFacts[] = [
  deployFacts(
    {},
    {},
    {
      reach: ok({ sec: 1, said: 'root@web: Permission denied (publickey).' }),
      target: fail('unsupported', 'root@web', 'not reached'),
      localStore: ok({ freeBytes: 1e8 }),
      clockAheadSec: -90_000,
    },
  ),
  deployFacts(
    {
      ...installer,
      account: { uid: 1000, name: 'nixos', groups: [], privilege: null },
      memory: { totalBytes: 1e9, availableBytes: 1e8, swapBytes: 0 },
      disks: [
        disk('vda', 16),
        disk('dm-0', 1, { below: ['vda'], mapping: 'credstore', mappingId: 'CRYPT-LUKS2-1' }),
      ],
      mounts: [...installer.mounts, { mountPoint: '/mnt', type: 'ext4', source: '/dev/vda' }],
      swaps: ['/dev/vda'],
      pools: [{ name: 'rpool', members: ['/dev/vda'] }],
      zfs: { loaded: false, found: false, version: null },
      firmware: { efi: false, bits: null },
      caches: [{ url: 'https://cache.nixos.org', httpStatus: null }],
      nix: { version: '2.31', trustedUsers: [], minFreeBytes: 5e9, maxFreeBytes: null },
      machine: 'aarch64',
    },
    {
      keys: [],
      sshd: false,
      hostId: null,
      hostName: 'nixos',
      asksAtBoot: true,
      disks: [
        { name: 'main', device: '/dev/vda', espSizes: ['50M'] },
        { name: 'data', device: '/dev/sdb', espSizes: [] },
      ],
    },
    { clockAheadSec: 4000 },
  ),
  deployFacts(
    { ...debian, tools: [] },
    { disks: null },
    { ping: ok({ address: '10.0.0.5', answered: false }) },
  ),
  deployFacts({
    ...running,
    account: { uid: 1000, name: 'me', groups: [], privilege: 'sudo' },
    rooms: [
      { path: '/nix/store', mountPoint: '/', totalBytes: 1e10, freeBytes: 1e8 },
      { path: '/boot', mountPoint: '/boot', totalBytes: 1e8, freeBytes: 1e6 },
    ],
    hostId: 'aaaaaaaa',
  }),
];

test('every row says what was seen, and a way out of what is not ok', () => {
  const seen = new Set<string>();
  for (const item of broken.flatMap(deployItems)) {
    expect(itemTitle(item.id)).toMatch(/^[a-zA-Z]/);
    expect(itemText(item)).toMatch(/\S/);
    expect(itemText(item)).not.toMatch(/undefined|null|NaN|\[object/);
    if (item.state !== 'failed' && item.state !== 'warning') continue;
    seen.add(item.id);
    const remedies = itemRemedies(item);
    expect(remedies, item.id).not.toEqual([]);
    for (const remedy of remedies) expect(remedy.title).not.toMatch(/undefined|\.$/);
  }
  // Evaluations that fail are a case of their own.
  const never = Object.keys(deployWords).filter((id) => !seen.has(id));
  expect(never).toEqual(['ping', 'configuration']);
});

test('every issue of the deployment guide that can be known before has an item', () => {
  const named = new Set(Object.values(deployWords).flatMap(({ guide: issues = [] }) => issues));
  expect([...named].filter((issue) => !guide.includes(issue))).toEqual([]);
  expect(guide.filter((issue) => !named.has(issue))).toEqual([]);
});

test('a name that the flake does not have is told as that, and another attribute is not', () => {
  const failed = (error: string) => {
    const run = { ...evaluationRun, end: 'failed', error } as const;
    return itemOf(
      deployFacts({}, {}, { configuration: ok({ run, said: [], system: null }) }),
      'configuration',
    );
  };
  expect(itemText(failed("attribute 'web' missing"))).toBe(
    'there is no configuration of that name: /etc/nixos#web',
  );
  expect(itemRemedies(failed("attribute 'web' missing"))[0]).toMatchObject({
    command: 'nix flake show /etc/nixos',
  });
  expect(itemText(failed("attribute 'firefox' missing"))).toContain("attribute 'firefox' missing");
});

test.each([
  [
    '/etc/nixos#web',
    "nix build --dry-run --show-trace '/etc/nixos#nixosConfigurations.web.config.system.build.toplevel'",
  ],
  [
    '/hive#colmenaHive.nodes.web',
    "nix build --dry-run --show-trace '/hive#colmenaHive.nodes.web.config.system.build.toplevel'",
  ],
  [
    '/srv/machines.nix#web',
    'nix-instantiate --show-trace /srv/machines.nix -A web.config.system.build.toplevel',
  ],
])('the whole error of %s', (configuration, command) => {
  const run = { ...evaluationRun, configuration, end: 'failed', error: 'x' } as const;
  const item = itemOf(
    deployFacts({}, {}, { configuration: ok({ run, said: [], system: null }) }),
    'configuration',
  );
  const commands = itemRemedies(item).flatMap((one) => (one.kind === 'command' ? one.command : []));
  expect(commands).toContain(`${command} 2>&1 | nixpulse explain`);
});

describe('as it is printed', () => {
  const print = (facts: DeployFacts, columns = 100) =>
    formatCheck(deployItems(facts), { columns, command: 'check deploy', about: 'root@web' });

  test('a sound installer', () => {
    expectGolden('check-deploy-sound', print(deployFacts()));
  });

  test('much is wrong', () => {
    expectGolden('check-deploy-broken', print(broken[1] as DeployFacts));
  });

  test('nobody answers', () => {
    expectGolden('check-deploy-unreached', print({ ...(broken[0] as DeployFacts), configuration: null }, 80));
  });
});

test('an installer of 1 GB that collects what it does not have: memory is said, and the squashfs is not full', () => {
  const lines = readFileSync(new URL('../fixtures/target/installer-1gb.txt', import.meta.url), 'utf8').split(
    '\n',
  );
  const target = parseTargetReport(lines, 'web');
  const facts = deployFacts({}, {}, { target });
  expect(itemText(itemOf(facts, 'target-min-free'))).toBe(
    "min-free is 1.0 GB, and the upper layer of the installer's store, which is memory, has 483 MB in all: it collects with each path and never gets there",
  );
  expect(itemOf(facts, 'target-min-free').state).toBe('failed');
  expect(itemText(itemOf(facts, 'target-memory'))).toContain(
    'the upper layer of its store is memory too: 188 MB of 483 MB free',
  );
  expect(itemOf(facts, 'target-memory').state).toBe('warning');
  expect(deployItems(facts).map(itemText).join('\n')).not.toMatch(/ro-store|squashfs|100 %/);
});
