import { beforeEach, describe, expect, test } from 'vitest';
import { ok } from '../../src/base/problem.ts';
import type { Model } from '../../src/model/model.ts';
import { minimalConfigProcedure } from '../../src/recover/minimal-config.ts';
import type { Plan } from '../../src/recover/step.ts';
import { createFakeMachine, type FakeMachine } from '../support/fake-machine.ts';
import type { FakeStream } from '../support/fake-spawn.ts';
import { systemProfilePath, systemTree } from '../support/generation-tree.ts';
import { recoverContext, stepOf, type TestedContext } from '../support/recover-context.ts';

const step = (id: string) => stepOf(minimalConfigProcedure.steps, id);
const file = '/work/minimal-config.nix';
const output = '/nix/store/00000000000000000000000000000000-nixos-system-box-24.05';
let machine: FakeMachine;
let context: TestedContext;
/** What programs do, by a word of their command line. */
let programs: Record<string, () => FakeStream>;
/** Programs that are not there. */
let lacking: string[];
let clients: Model['clients'];

beforeEach(() => {
  machine = createFakeMachine([]);
  const { files, spawn } = machine.ports;
  const tree = {
    ...systemTree(2),
    '/etc/NIXOS': '',
    '/etc/nixos/hardware-configuration.nix': 'fileSystems."/" = { };',
    '/etc/nixos/configuration.nix': 'system.stateVersion = "24.05";',
    '/etc/passwd': 'root:x:0:0::/root:/bin/sh\n',
    '/etc/ssh/sshd_config': '',
    '/boot/loader/loader.conf': '',
    '/nixpkgs/nixos/lib/eval-config.nix': '',
  };
  for (const [path, entry] of Object.entries(tree)) files.set(path, entry);
  lacking = [];
  clients = [];
  programs = {
    '--find-file': () => ({ lines: ['/nixpkgs'] }),
    '--parse': () => ({}),
    '--eval': () => ({ lines: [JSON.stringify({ output })] }),
    'nixos-rebuild build': () => {
      files.set(output, '(a directory)');
      return { lines: ['building the system configuration...'] };
    },
    'nixos-rebuild boot': () => {
      files.set(`${systemProfilePath}-3-link`, { link: output });
      files.set(systemProfilePath, { link: 'system-3-link' });
      return {};
    },
  };
  spawn.onRun = (_, args) => {
    const isLacking = lacking.some((name) => args.join(' ').includes(name));
    return ok({ exitCode: isLacking ? 1 : 0, signal: null, stdout: '', stderr: '' });
  };
  spawn.onStream = (name, args) => {
    const words = [name, ...args].join(' ');
    const found = Object.entries(programs).find(([one]) => words.includes(one));
    if (found === undefined) throw new Error(words);
    return found[1]();
  };
  context = recoverContext(machine, { look: async () => ({ clients }) as unknown as Model });
});

const of = (id: string): Promise<Plan> => step(id).plan(context);
const act = (id: string) => step(id).act?.(context);
const ran = (words: string) =>
  machine.ports.spawn.calls.filter(({ file: name, args }) => [name, ...args].join(' ').includes(words));

async function upTo(...ids: readonly string[]): Promise<void> {
  for (const id of ids) expect(await act(id)).toMatchObject({ status: 'done' });
}

describe('the machine', () => {
  test('is told before anything is written', async () => {
    const told = await of('look');
    expect(told).toMatchObject({ state: 'needless' });
    expect(told).toHaveProperty(
      'lines',
      expect.arrayContaining([
        'boot loader: systemd-boot, on /boot',
        'accounts: root (no key)',
        'system.stateVersion: 24.05, of /etc/nixos/configuration.nix',
        expect.stringContaining('NOBODY HAS A KEY'),
        expect.stringContaining('root gets in only if it has one'),
      ]),
    );
  });

  test('that is no NixOS: at once, and of every step', async () => {
    machine.ports.files.remove('/etc/NIXOS');
    for (const { id } of minimalConfigProcedure.steps)
      expect(await of(id)).toMatchObject({ state: 'impossible', why: expect.stringContaining('no NixOS') });
    expect(machine.ports.spawn.calls).toEqual([]);
  });

  test('of which nobody knows what boots it', async () => {
    machine.ports.files.remove('/boot/loader/loader.conf');
    expect(await of('write')).toMatchObject({
      state: 'impossible',
      why: expect.stringContaining('no boot loader'),
    });
  });
});

describe('the file', () => {
  test('is written, seen to parse, and evaluated before and after', async () => {
    expect(await of('write')).toMatchObject({ state: 'todo', asks: 'yes', lines: [`into ${file}:`] });
    expect(await of('evaluate')).toMatchObject({ state: 'needless', lines: [`its system: ${output}`] });
    await upTo('write');
    expect(await of('write')).toMatchObject({ state: 'needless' });
    expect(await of('evaluate')).toMatchObject({
      state: 'needless',
      why: expect.stringContaining('of NIX_PATH (/nixpkgs)'),
    });
    // Of the text before, of the file afterwards; and no more, however many steps ask.
    await of('build');
    expect(ran('--eval')).toHaveLength(2);
    const [before, after] = ran('--eval');
    expect(before?.environment).not.toHaveProperty('NIXOS_CONFIG');
    expect(after?.environment).toMatchObject({ NIXOS_CONFIG: file, NIX_PATH: 'nixpkgs=/nixpkgs' });
  });

  test('where others could put theirs in its place is neither written nor evaluated nor booted', async () => {
    await upTo('write', 'build');
    const { files } = machine.ports;
    const refused = async (why: string) => {
      expect(await of('write')).toMatchObject({ state: 'impossible', why });
      expect(await of('boot')).toMatchObject({ state: 'impossible', why: expect.stringContaining(why) });
      expect(await act('boot')).toMatchObject({ status: 'failed', summary: expect.stringContaining(why) });
    };
    files.setOwner('/work', { uid: 1000, mode: 0o040755 });
    await refused('/work belongs to uid 1000');
    context = { ...context, environment: { SUDO_UID: '1000' } };
    expect(await of('write')).toMatchObject({ state: 'needless' });
    files.setOwner('/work', { uid: 0, mode: 0o040777 });
    await refused('everybody may write to /work');
    files.setOwner('/work', { uid: 0, mode: 0o041777 });
    expect(await of('write')).toMatchObject({ state: 'needless' });
    files.setOwner(file, { uid: 1001, mode: 0o100644 });
    await refused(`${file} belongs to uid 1001`);
    expect(ran('nixos-rebuild boot')).toEqual([]);
  });

  test('without a nixpkgs it was only parsed', async () => {
    programs['--find-file'] = () => ({ lines: ['2>error: file ‘nixpkgs’ was not found'], exitCode: 1 });
    expect(await of('evaluate')).toMatchObject({
      state: 'impossible',
      why: expect.stringContaining('it was only parsed, not evaluated'),
      way: expect.stringContaining('NIX_PATH=nixpkgs='),
    });
    expect(await of('build')).toMatchObject({ state: 'impossible' });
    expect(await act('boot')).toMatchObject({ status: 'failed' });
  });

  test('that does not evaluate says why, and is not built', async () => {
    programs['--eval'] = () => ({ lines: ["2>error: The option `console' does not exist."], exitCode: 1 });
    expect(await of('evaluate')).toMatchObject({
      why: expect.stringMatching(/it does not evaluate: .*`console'/),
    });
    expect(await act('build')).toMatchObject({ status: 'failed' });
    expect(ran('nixos-rebuild')).toEqual([]);
  });
});

describe('the rebuild', () => {
  test('is calm, of the file and not of a flake, and never a switch', async () => {
    await upTo('write', 'build', 'boot');
    const options = `--no-flake -I nixos-config=${file} -I nixpkgs=/nixpkgs --max-jobs 1 --cores 2`;
    expect(ran(`nixos-rebuild build ${options}`)).toHaveLength(1);
    const [boot] = ran(`nixos-rebuild boot ${options}`);
    expect(boot?.lasting).toBe(true);
    expect(ran('switch')).toEqual([]);
  });

  test('is of this file where NIXOS_CONFIG names another', async () => {
    context = { ...context, environment: { NIXOS_CONFIG: '/etc/nixos/other.nix' } };
    await upTo('write', 'build', 'boot');
    expect(ran(`env NIXOS_CONFIG=${file} nixos-rebuild b`)).toHaveLength(2);
  });

  test('is done once: what is built is built, and what boots next is told with the way back', async () => {
    await upTo('write');
    expect(await of('build')).toMatchObject({ state: 'todo', asks: 'yes' });
    await upTo('build');
    expect(await of('build')).toEqual({ state: 'needless', why: `it is built: ${output}` });
    expect(await of('boot')).toMatchObject({ state: 'todo', asks: { word: 'boot' } });
    await upTo('boot');
    expect(await of('boot')).toEqual({
      state: 'needless',
      why: 'generation 3 is the default of the next boot',
      lines: ['the way back: nixpulse rollback --to 2 --boot, or generation 2 of the boot menu'],
    });
  });

  test('that makes another system than the evaluation told is known by its link', async () => {
    const other = output.replace('24.05', '24.05.git.abc');
    await upTo('write');
    programs['nixos-rebuild build'] = () => {
      machine.ports.files.set(other, '(a directory)');
      machine.ports.files.set('/state/recover/result', { link: other });
      return {};
    };
    await upTo('build');
    expect(await of('build')).toEqual({ state: 'needless', why: `it is built: ${other}` });
    // What nixos-rebuild boot makes here is not what was built.
    expect(await act('boot')).toMatchObject({
      status: 'failed',
      summary: expect.stringContaining('not what was built'),
    });
    machine.ports.files.set(`${systemProfilePath}-3-link`, { link: other });
    programs['nixos-rebuild boot'] = () => ({});
    await upTo('boot');
    expect(await of('boot')).toMatchObject({ state: 'needless' });
  });

  test('that was cut off between profile and boot menu is done again, and knows the way back', async () => {
    await upTo('write', 'build');
    const whole = programs['nixos-rebuild boot'];
    programs['nixos-rebuild boot'] = () => ({ ...whole?.(), exitCode: null, signal: 'SIGKILL' });
    expect(await act('boot')).toMatchObject({ status: 'failed' });
    expect(await of('boot')).toMatchObject({ state: 'todo' });
    programs['nixos-rebuild boot'] = () => ({});
    await upTo('boot');
    expect(await of('boot')).toMatchObject({
      state: 'needless',
      lines: [expect.stringContaining('--to 2 --boot')],
    });
  });

  test('that fails says its last words', async () => {
    await upTo('write');
    programs['nixos-rebuild build'] = () => ({ lines: ['2>error: no space left'], exitCode: 1 });
    expect(await act('build')).toEqual({
      ...{ status: 'failed', summary: 'nixos-rebuild build ended with 1', details: ['error: no space left'] },
    });
    machine.abort();
    expect(await act('build')).toMatchObject({ status: 'cancelled' });
    expect(await act('boot')).toMatchObject({ status: 'cancelled' });
    expect(ran('nixos-rebuild boot')).toEqual([]);
  });

  test('waits for another one, and not for one that has been killed', async () => {
    await upTo('write');
    clients = [
      { pid: 700, tool: 'nixos-rebuild', command: 'nixos-rebuild switch', activation: null },
    ] as never;
    const busy = { state: 'impossible', why: 'nixos-rebuild switch (pid 700) is under way' };
    expect(await of('build')).toMatchObject(busy);
    expect(await of('boot')).toMatchObject(busy);
    expect(await act('boot')).toMatchObject({ status: 'refused' });
    machine.add({ pid: 700, comm: 'nixos-rebuild', state: 'Z' });
    expect(await of('build')).toMatchObject({ state: 'todo' });
  });

  test('takes nixos-rebuild, and root for the boot menu', async () => {
    await upTo('write');
    lacking = ['nixos-rebuild'];
    expect(await of('build')).toMatchObject({ why: 'nixos-rebuild is not in the PATH' });
    lacking = [];
    Object.assign(machine.ports.native, { may: () => false });
    expect(await of('build')).toMatchObject({ state: 'todo' });
    expect(await of('boot')).toMatchObject({ state: 'impossible', denied: true });
  });
});
