import { expect, test } from 'vitest';
import { includesOf, parseMachines, refusedMachines } from '../../src/parse/machines.ts';

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
      mandatory: [],
    },
    {
      address: 'ssh-ng://mac',
      systems: ['x86_64-darwin', 'aarch64-darwin'],
      sshKey: null,
      features: ['big-parallel', 'kvm', 'benchmark'],
      mandatory: ['benchmark'],
    },
    { address: 'ssh://bare', systems: [], sshKey: null, features: [], mandatory: [] },
    { address: 'ssh://beastie', systems: ['x86_64-freebsd'], sshKey: null, features: [], mandatory: [] },
  ]);
  expect(includesOf(text)).toEqual(['/etc/nix/machines']);
  expect(parseMachines('')).toEqual([]);
});

test('a semicolon in a comment parts nothing, blank entries are nothing, tabs part columns', () => {
  expect(parseMachines('# ssh://a; ssh://b x86_64-linux\n ;;; \n')).toEqual([]);
  expect(parseMachines('nix@h:2222\tx86_64-linux,i686-linux\t-\t3 # last ; ssh://c')).toMatchObject([
    { address: 'ssh://nix@h:2222', systems: ['x86_64-linux', 'i686-linux'] },
  ]);
  expect(parseMachines('ssh-ng://h?compress=true x86_64-linux - 1 1 mem:32')).toMatchObject([
    { address: 'ssh-ng://h?compress=true', features: ['mem:32'] },
  ]);
});

test('columns that Nix refuses, and those that it takes', () => {
  const line = (rest: string) => `ssh://h x86_64-linux - ${rest}`;
  for (const good of ['8 1.5', '- -', '0 0', '2 1 kvm - c3NoLWVk', '2 1 - - c3NoLWVkMjU=', '', '2 1 a,b c -'])
    expect(refusedMachines(line(good)), good).toEqual([]);
  expect(refusedMachines(line('eight'))).toEqual([
    { line: 'ssh://h x86_64-linux - eight', why: 'eight is no number of jobs' },
  ]);
  for (const bad of ['-1', '2 three', '2 -3', '2 1 - - no!'])
    expect(refusedMachines(line(bad)), bad).toHaveLength(1);
  expect(refusedMachines('@/etc/nix/machines')).toEqual([]);
});
