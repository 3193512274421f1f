import { beforeEach, describe, expect, test } from 'vitest';
import { fail, ok } from '../../src/base/problem.ts';
import { cachesProcedure } from '../../src/recover/caches.ts';
import type { Plan } from '../../src/recover/step.ts';
import { createFakeMachine, type FakeMachine } from '../support/fake-machine.ts';
import { noWishes, recoverContext, stepOf, type TestedContext } from '../support/recover-context.ts';

const step = (id: string) => stepOf(cachesProcedure.steps, id);
const hash = '0'.repeat(32);
const file = '/work/caches-only.nix';
let machine: FakeMachine;
let context: TestedContext;
let settings: Record<string, unknown>;
/** What nix-store --dry-run says. */
let planned: string[];
/** Derivations whose builder wants to be here: preferLocalBuild. */
let small: string[];
let parses: 'yes' | 'no' | 'killed';

beforeEach(() => {
  machine = createFakeMachine([]);
  const { files, ownFiles, spawn } = machine.ports;
  settings = {
    substituters: ['file:///c/ours', 'file:///c/strange', 'file:///c/gone', 'file:///c/other'],
    'trusted-public-keys': ['box-1:AAAA'],
    'require-sigs': true,
  };
  planned = [];
  small = [];
  parses = 'yes';
  files.set('/run/current-system/sw/bin/sh', { link: `/nix/store/${hash}-bash/bin/sh` });
  files.set('/c/config/default.nix', '');
  const cache = (name: string, priority: number, key: string, store = '/nix/store') => {
    ownFiles.texts.set(
      `/c/${name}/nix-cache-info`,
      `StoreDir: ${store}\nWantMassQuery: 1\nPriority: ${priority}\n`,
    );
    ownFiles.texts.set(
      `/c/${name}/${hash}.narinfo`,
      `StorePath: /nix/store/${hash}-bash\nURL: nar/x\nFileSize: 10\nSig: ${key}:AAAA\n`,
    );
  };
  cache('ours', 40, 'box-1');
  cache('strange', 10, 'stranger-1');
  cache('other', 10, 'box-1', '/gnu/store');
  spawn.onRun = () => ok({ exitCode: 0, signal: null, stdout: '', stderr: '' });
  spawn.onStream = (_, args) => {
    const words = args.join(' ');
    if (words.includes('show-config')) {
      const rows = Object.entries(settings).map(([name, value]) => [name, { value }]);
      return { lines: [JSON.stringify(Object.fromEntries(rows))] };
    }
    if (words.includes('--parse')) {
      if (parses === 'yes') return {};
      return parses === 'no' ? { lines: ['2>error: syntax error'], exitCode: 1 } : { signal: 'SIGABRT' };
    }
    if (words.includes('nix-instantiate')) return { lines: ['/nix/store/a-nixos-system-box.drv'] };
    if (words.includes('--dry-run')) return { lines: planned.map((line) => `2>${line}`) };
    return fail('gone', words);
  };
  context = recoverContext(machine, {
    wishes: { ...noWishes, flake: '/c/config' },
  });
});

/** Lines of what is to be built or fetched. */
function plan(builds: readonly string[], fetches: readonly string[] = []): void {
  planned = [
    `these ${builds.length} derivations will be built:`,
    ...builds.map((name) => `  /nix/store/${hash}-${name}.drv`),
    ...(fetches.length === 0
      ? []
      : ['these paths will be fetched (12.00 MiB download, 48.00 MiB unpacked):']),
    ...fetches.map((name) => `  /nix/store/${hash}-${name}`),
  ];
  for (const name of builds) {
    const own = small.includes(name) ? '("preferLocalBuild","1"),' : '';
    machine.ports.files.set(
      `/nix/store/${hash}-${name}.drv`,
      `Derive([("out","/nix/store/${hash}-${name}","","")],[],[],"x86_64-linux","/bin/sh",[],[${own}("system","x86_64-linux")])`,
    );
  }
}

const of = (id: string): Promise<Plan> => step(id).plan(context);

describe('the caches', () => {
  test('each is told, with why it cannot be used', async () => {
    const told = await of('ask');
    expect(told).toMatchObject({ state: 'needless', why: '1 of 4 caches can be used' });
    expect(told).toHaveProperty('lines', [
      'file:///c/ours: answers in 0.0 s, priority 40, signed by box-1, which is trusted',
      'file:///c/strange: NOT USABLE: its key stranger-1 is not in trusted-public-keys',
      'file:///c/gone: NOT USABLE: does not answer: gone',
      'file:///c/other: NOT USABLE: it is of another store, /gnu/store',
    ]);
  });

  test('are asked once a run', async () => {
    for (const { plan: look } of cachesProcedure.steps) await look(context);
    expect(machine.ports.spawn.calls.filter(({ args }) => args.includes('show-config'))).toHaveLength(
      // Of the step, and of the two caches whose signature is looked at.
      1 + 3,
    );
  });

  test('none that can be used, none at all, no Nix, another root: nothing further', async () => {
    settings['trusted-public-keys'] = [];
    expect(await of('ask')).toMatchObject({ state: 'impossible', why: '0 of 4 caches can be used' });
    for (const id of ['left', 'command', 'file'])
      expect(await of(id)).toEqual({ state: 'impossible', why: 'no cache can be used' });
    machine = createFakeMachine([]);
    context = recoverContext(machine);
    expect(await of('ask')).toMatchObject({
      state: 'impossible',
      why: expect.stringContaining('there is no Nix'),
    });
    machine = createFakeMachine([]);
    Object.assign(machine.ports.files, { live: false });
    context = recoverContext(machine);
    expect(await of('ask')).toMatchObject({ why: expect.stringContaining('captured tree') });
  });

  test('substituters that are empty', async () => {
    settings['substituters'] = [];
    expect(await of('ask')).toMatchObject({ state: 'impossible', why: expect.stringContaining('is empty') });
  });
});

describe('what is left to build', () => {
  const jobs = async () => /max-jobs (\d)/.exec(JSON.stringify(await of('command')))?.[1];

  test('nothing', async () => {
    plan([], ['firefox-130']);
    expect(await of('left')).toMatchObject({
      state: 'needless',
      why: 'nothing has to be built; 1 download (12 MB)',
    });
    expect(await jobs()).toBe('0');
    // What Nix would do is asked with the caches that can be used, and with no other.
    const asked = machine.ports.spawn.calls.find(({ args }) => args.includes('--dry-run'));
    expect(asked?.args.slice(-3)).toEqual(['--option', 'substituters', 'file:///c/ours']);
  });

  test('files of the configuration alone: made here, which max-jobs = 0 would not', async () => {
    small = ['etc', 'nixos-system-box'];
    plan(['etc', 'nixos-system-box']);
    const left = await of('left');
    expect(left).toMatchObject({ state: 'needless', why: 'no package has to be built; 0 downloads' });
    expect(left).toHaveProperty('lines.0', expect.stringContaining('2 small files of the configuration'));
    expect(await jobs()).toBe('1');
  });

  test('packages: named, bounded', async () => {
    small = ['etc'];
    plan(['etc', ...Array.from({ length: 40 }, (_, n) => `package-${n}`)]);
    const left = await of('left');
    expect(left).toMatchObject({
      state: 'impossible',
      why: 'no cache that can be used has 40 builds; 0 downloads',
    });
    expect(left).toHaveProperty('lines.0', expect.stringMatching(/^package-0, .* and 29 more$/));
    expect(await jobs()).toBe('0');
  });

  test('what nobody knows how to get', async () => {
    planned = ["don't know how to build these paths:", `  /nix/store/${hash}-lost`];
    expect(await of('left')).toMatchObject({
      state: 'impossible',
      why: 'Nix does not know how to get 1 path',
      lines: ['lost'],
    });
  });

  test('no configuration, or one that does not evaluate: the rest is told all the same', async () => {
    context = recoverContext(machine);
    expect(await of('left')).toMatchObject({
      state: 'impossible',
      why: expect.stringContaining('no configuration is there'),
    });
    expect(await jobs()).toBe('0');
    expect(step('left').optional).toBe(true);
  });
});

describe('the command', () => {
  test('is one line for a shell, whatever the names are', async () => {
    settings['substituters'] = ['file:///c/ours'];
    settings['trusted-public-keys'] = ['box-1:AAAA', "it's-1:BBBB"];
    expect(await of('command')).toHaveProperty('code', [
      "sudo nixos-rebuild switch --flake /c/config --option max-jobs 0 --option builders '' --option fallback false --option connect-timeout 5 --option substituters file:///c/ours --option trusted-public-keys 'box-1:AAAA it'\\''s-1:BBBB'",
    ]);
  });
});

describe('the file', () => {
  test('is written once asked for, and seen to parse', async () => {
    expect(await of('file')).toMatchObject({ state: 'todo', asks: 'yes', lines: [`into ${file}:`] });
    expect(await step('file').act?.(context)).toMatchObject({ status: 'done', summary: `wrote ${file}` });
    expect(machine.ports.ownFiles.texts.get(file)).toContain('"box-1:AAAA"');
    expect(await of('file')).toMatchObject({
      state: 'needless',
      why: `${file} is there and parses (19 lines)`,
    });
    parses = 'killed';
    expect(await of('file')).toMatchObject({
      why: 'it was not parsed: nix-instantiate --parse: was killed (SIGABRT)',
    });
    parses = 'no';
    expect(await of('file')).toMatchObject({
      state: 'impossible',
      why: expect.stringContaining('syntax error'),
    });
  });

  test('is never written over another', async () => {
    machine.ports.ownFiles.texts.set(file, '{ }');
    expect(await of('file')).toMatchObject({
      state: 'impossible',
      why: expect.stringContaining('left as it is'),
    });
    // It came between the look and the writing.
    expect(await step('file').act?.(context)).toMatchObject({ status: 'refused' });
    expect(machine.ports.ownFiles.texts.get(file)).toBe('{ }');
  });

  test('of ours that a crash left: not there yet, or there and changed since', async () => {
    context.kept.set('file', file);
    expect(await of('file')).toMatchObject({ state: 'todo' });
    machine.ports.ownFiles.texts.set(file, '{ }');
    expect(await of('file')).toMatchObject({
      state: 'needless',
      why: `${file} is there and parses (1 line), changed since it was written`,
    });
  });

  test('goes into /etc/nixos only where that is named', async () => {
    const at = (output: string | null) =>
      step('file').plan({ ...context, wishes: { ...context.wishes, output, directory: '/etc/nixos' } });
    expect(await at(null)).toMatchObject({ state: 'impossible' });
    expect(await at('/etc/nixos/caches-only.nix')).toMatchObject({ state: 'todo' });
  });

  test('that may not be written says who may', async () => {
    machine.ports.ownFiles.failing.set(file, 'denied');
    expect(await step('file').act?.(context)).toMatchObject({ status: 'denied' });
  });
});
