/** Scripts that are tools of Nix: found by what they started, once for each, and never another with their pid. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { ProcessRaw } from '../../src/model/sample.ts';
import type { Ports } from '../../src/platform/ports.ts';
import { createForestSources } from '../../src/samplers/build-tree.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakePorts, fakeNative } from '../support/fake-ports.ts';
import { createFakeProc, type FakeProc } from '../support/fake-proc.ts';

let proc: FakeProc;
beforeEach(() => {
  proc = createFakeProc();
  proc.put({ pid: 400, comm: 'bash', argv: ['-bash'], uid: 1000 });
  proc.put({
    pid: 500,
    ppid: 400,
    comm: 'bash',
    argv: ['bash', './nixos-rebuild', 'switch'],
    startTime: 200,
  });
  proc.put({ pid: 600, ppid: 500, comm: 'nix', argv: ['nix', 'build'], startTime: 300 });
});

function watch(ownTools: { names: readonly string[] } = { names: [] }) {
  const look = watchForest(ownTools);
  return async () => (await look()).map(({ pid }) => pid).sort((a, b) => a - b);
}

function watchForest(ownTools: { names: readonly string[] }) {
  const clock = createFakeClock();
  const ports: Ports = {
    ...createFakePorts(),
    files: proc.files,
    clock,
    native: fakeNative({ uid: 0, pid: 1 }),
  };
  const { buildTree, settled } = createForestSources(ports, undefined, undefined, undefined, ownTools);
  return async (): Promise<readonly ProcessRaw[]> => {
    clock.advance(1000);
    const { forest } = buildTree.sample();
    await settled();
    if (!forest?.ok) throw new Error('no forest');
    return forest.value.processes;
  };
}

test('it comes with what it starts, not with the shell it was typed in, and stays while it runs', async () => {
  const tick = watch();
  expect(await tick()).toEqual([600]);
  expect(await tick()).toEqual([500, 600]);
  proc.files.forget();
  await tick();
  expect(proc.files.count('readSlow', '/proc/400/cmdline')).toBe(0);
  proc.end(600);
  expect(await tick()).toEqual([500]);
  proc.end(500);
  await tick();
  expect(await tick()).toEqual([]);
});

test('through a shell of its own between', async () => {
  proc.put({ pid: 550, ppid: 500, comm: 'bash', argv: ['bash', '-c', 'nix build; true'], startTime: 250 });
  proc.put({ pid: 600, ppid: 550 });
  const tick = watch();
  await tick();
  expect(await tick()).toContain(500);
});

test.for([
  ['a script of another name', ['bash', './build.sh']],
  ['an interactive shell', ['-bash']],
] as const)('%s stays out', async ([, argv]) => {
  proc.put({ pid: 500, argv });
  const tick = watch();
  for (let count = 0; count < 3; count += 1) await tick();
  expect(await tick()).toEqual([600]);
});

test('who has its pid later is another', async () => {
  const tick = watch();
  await tick();
  await tick();
  proc.end(500);
  proc.put({ pid: 500, comm: 'bash', argv: ['bash', './x'], startTime: 90_000 });
  await tick();
  expect(await tick()).toEqual([600]);
});

describe('a tool of one’s own', () => {
  const nameOf = (processes: readonly ProcessRaw[], pid: number) =>
    processes.find((one) => one.pid === pid)?.facts.ownTool;

  test.for([
    ['a script', { comm: 'bash', argv: ['bash', './deploy-all-machines'] }],
    ['a program, whose name the kernel cuts', { comm: 'deploy-all-mach', argv: ['deploy-all-machines'] }],
  ] as const)('%s comes with what it starts, by its name', async ([, process]) => {
    proc.put({ pid: 500, ...process });
    const tick = watchForest({ names: ['deploy-all-machines'] });
    await tick();
    await tick();
    expect(nameOf(await tick(), 500)).toBe('deploy-all-machines');
  });

  test('is found also where the settings are read after the first look', async () => {
    proc.put({ pid: 500, argv: ['bash', './build.sh'] });
    const own: { names: readonly string[] } = { names: [] };
    const tick = watchForest(own);
    await tick();
    await tick();
    own.names = ['build.sh'];
    await tick();
    await tick();
    expect(nameOf(await tick(), 500)).toBe('build.sh');
    proc.end(500);
    proc.put({ pid: 500, comm: 'bash', argv: ['bash', './x'], startTime: 90_000 });
    await tick();
    expect(nameOf(await tick(), 500)).toBeUndefined();
  });
});
