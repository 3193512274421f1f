import { expect, test } from 'vitest';
import { includesOf, parseMachines } from '../../src/parse/machines.ts';

test('machines of the manual, one without a scheme, one with what is usual', () => {
  const text = `# ours
nix@scratchy.labs.cs.uu.nl i686-linux /home/nix/.ssh/id_scratchy 8 1 kvm
ssh-ng://mac x86_64-darwin,aarch64-darwin - 4 1 big-parallel,kvm benchmark c3NoLWVk
ssh://bare ; ssh://beastie x86_64-freebsd # the last

@/etc/nix/machines`;
  expect(parseMachines(text)).toEqual([
    {
      address: 'ssh://nix@scratchy.labs.cs.uu.nl',
      systems: ['i686-linux'],
      sshKey: '/home/nix/.ssh/id_scratchy',
      features: ['kvm'],
    },
    {
      address: 'ssh-ng://mac',
      systems: ['x86_64-darwin', 'aarch64-darwin'],
      sshKey: null,
      features: ['big-parallel', 'kvm', 'benchmark'],
    },
    { address: 'ssh://bare', systems: [], sshKey: null, features: [] },
    { address: 'ssh://beastie', systems: ['x86_64-freebsd'], sshKey: null, features: [] },
  ]);
  expect(includesOf(text)).toEqual(['/etc/nix/machines']);
  expect(parseMachines('')).toEqual([]);
});
