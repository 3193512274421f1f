import { expect, test } from 'vitest';
import { includesOf, parseMachines, refusedMachines } from '../../src/parse/machines.ts';

const usual = {
  systems: [],
  sshKey: null,
  features: [],
  mandatory: [],
  maxJobs: 1,
  speedFactor: 1,
  hostKey: null,
};

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
      maxJobs: 8,
      speedFactor: 1,
      hostKey: null,
      line: 'nix@scratchy.labs.cs.uu.nl i686-linux /home/nix/.ssh/id_scratchy 8 1 kvm',
    },
    {
      address: 'ssh-ng://mac',
      systems: ['x86_64-darwin', 'aarch64-darwin'],
      sshKey: null,
      features: ['big-parallel', 'kvm', 'benchmark'],
      mandatory: ['benchmark'],
      maxJobs: 4,
      speedFactor: 1,
      hostKey: 'c3NoLWVk',
      line: 'ssh-ng://mac x86_64-darwin,aarch64-darwin - 4 1 big-parallel,kvm benchmark c3NoLWVk',
    },
    { ...usual, address: 'ssh://bare', line: 'ssh://bare' },
    {
      ...usual,
      address: 'ssh://beastie',
      systems: ['x86_64-freebsd'],
      line: 'ssh://beastie x86_64-freebsd',
    },
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

test('a speed may be a fraction; what is no number counts as none that was set', () => {
  expect(parseMachines('ssh://h - - 16 2.5; ssh://h - - eight fast')).toMatchObject([
    { maxJobs: 16, speedFactor: 2.5 },
    { maxJobs: 1, speedFactor: 1 },
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
