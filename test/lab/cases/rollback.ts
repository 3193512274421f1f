/** Rollback over real generations: a private profile whose systems switch what lies below a private /run. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { ActionContext, IntentOf } from '../../../src/actions/action.ts';
import { createRollback } from '../../../src/actions/rollback.ts';
import type { ProfileTarget } from '../../../src/model/intents/intent.ts';
import type { Progress } from '../../../src/model/intents/outcome.ts';
import { type Generation, generationOf } from '../../../src/model/nix-store/generations.ts';
import { compareGenerations, readClosureSizes } from '../../../src/nix-store/closures.ts';
import { generationReaders } from '../../../src/nix-store/generations.ts';
import { systemSpawn } from '../../../src/platform/spawn.ts';
import { createForestSources } from '../../../src/samplers/build-tree.ts';
import type { Lab } from '../../support/lab.ts';
import { until } from '../wait.ts';
import { realPorts } from '../watch.ts';

const script = fileURLToPath(new URL('../generations.sh', import.meta.url));
const ports = { ...realPorts(), spawn: systemSpawn };

export function rollbackCases(lab: Lab): void {
  // Always the same, so that the store does not grow with every run: runs take turns.
  const path = '/nix/var/nix/profiles/nixpulse-test';
  const profile: ProfileTarget = { kind: 'system', path };
  const sources = createForestSources(ports);
  let run = '';
  let stores: readonly string[] = [];

  function generations(...args: readonly string[]): string[] {
    const made = spawnSync('bash', [script, ...args], { encoding: 'utf8', timeout: 120_000 });
    if (made.status !== 0) throw new Error(`${script} ended with ${made.status}:\n${made.stderr}`);
    return made.stdout.trim().split('\n');
  }
  const add = (...args: readonly string[]) =>
    generations('--add', lab.directory ?? '', path, run, ...args)[0] ?? '';
  const removeProfile = () => spawnSync('bash', ['-c', `rm -f ${path} ${path}-*-link ${path}.lock`]);

  beforeAll(() => {
    removeProfile();
    run = `${lab.directory}/generations`;
    rmSync(run, { recursive: true, force: true });
    stores = generations(lab.directory ?? '', path, run);
  }, 120_000);
  beforeEach(() => {
    // As it was made, whatever the test before has switched.
    spawnSync('bash', ['-c', `rm -f ${path}-*-link ${run}/switch.log ${run}/boot-menu`]);
    for (const [index, store] of stores.entries()) symlinkSync(store, `${path}-${index + 1}-link`);
    relink(path, `${path.slice(path.lastIndexOf('/') + 1)}-4-link`);
    relink(`${run}/current-system`, stores[3] ?? '');
  });
  const started: ChildProcess[] = [];
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });
  afterAll(() => {
    sources.buildTree.close();
    sources.residentMemory.close();
    removeProfile();
    rmSync(run, { recursive: true, force: true });
  });

  const readers = () => generationReaders(run);
  const read = async () => {
    const list = await readers().readGenerations(ports, profile);
    if (!list.ok) throw new Error(JSON.stringify(list.problem));
    return list.value;
  };
  const defaultNow = () => Number(/-(\d+)-link$/.exec(readlinkSync(path))?.[1]);
  const runningNow = () => stores.indexOf(readlinkSync(`${run}/current-system`)) + 1;
  const menuNow = () => stores.indexOf(readFileSync(`${run}/boot-menu`, 'utf8').trim()) + 1;
  const switches = () => {
    try {
      return readFileSync(`${run}/switch.log`, 'utf8').trim().split('\n');
    } catch {
      return [];
    }
  };
  async function rollback(wanted: Partial<IntentOf<'rollback'>>, context: Partial<ActionContext> = {}) {
    const lines: string[] = [];
    const outcome = await createRollback(readers())(
      { type: 'rollback', profile, generation: 1, mode: 'switch', ...wanted },
      {
        ports,
        readForest: () => {
          const { forest } = sources.buildTree.sample();
          return forest?.ok ? forest.value : null;
        },
        stateDirectory: run,
        report: (progress: Progress) => lines.push(...(progress.lines ?? [])),
        cancelled: new AbortController().signal,
        ...context,
      },
    );
    return { ...outcome, lines };
  }

  test('four generations are read as they are', async () => {
    const list = await read();
    expect(list).toMatchObject({ defaultNumber: 4, runningPath: stores[3], bootedPath: stores[2] });
    expect(
      list.generations.map(({ number, version, kernel, soundness }) => [
        number,
        version,
        kernel,
        soundness.state,
      ]),
    ).toEqual([
      [4, '25.05.20250601.4444444', '6.12.31', 'sound'],
      [3, '24.11.20241215.3333333', '6.6.66', 'sound'],
      [2, '24.11.20241101.2222222', '6.6.58', 'sound'],
      [1, '24.05.20240601.1111111', '6.6.32', 'sound'],
    ]);
    expect(list.generations.map((one) => [one.isDefault, one.isRunning, one.isBooted])).toEqual([
      [true, true, false],
      [false, false, true],
      [false, false, false],
      [false, false, false],
    ]);
    for (const { dateMs } of list.generations)
      expect(Math.abs(Date.now() - (dateMs ?? 0))).toBeLessThan(600_000);
  });

  test('two of them compared, and the size of each', async () => {
    const { generations: found } = await read();
    const [newest, oldest] = [found[0], found[3]] as [Generation, Generation];
    const sizes = await readClosureSizes(ports, stores);
    if (!sizes.ok) throw new Error(JSON.stringify(sizes.problem));
    expect(sizes.value.size).toBe(4);
    const difference = (sizes.value.get(stores[0] ?? '') ?? 0) - (sizes.value.get(stores[3] ?? '') ?? 0);
    expect(await compareGenerations(ports, newest, oldest)).toMatchObject({
      ok: true,
      value: {
        added: [{ name: 'jq', from: [], to: ['1.7'] }],
        removed: [{ name: 'ripgrep', from: ['14.1.1'], to: [] }],
        changed: [{ name: 'linux', from: ['6.12.31'], to: ['6.6.32'] }],
        kernel: { from: '6.12.31', to: '6.6.32' },
        pathsAdded: 3,
        pathsRemoved: 3,
        sizeDifferenceBytes: difference,
      },
    });
  });

  test.each([1, 2, 3])('switch to generation %d', async (generation) => {
    const outcome = await rollback({ generation, storePath: stores[generation - 1] ?? '' });
    expect(outcome).toMatchObject({
      status: 'done',
      summary: `generation ${generation} is active; the default was 4`,
    });
    expect([defaultNow(), runningNow(), menuNow()]).toEqual([generation, generation, generation]);
    expect(outcome.lines).toContain('activating the configuration...');
    // And forward again.
    expect(await rollback({ generation: 4 })).toMatchObject({ status: 'done' });
    expect([defaultNow(), runningNow(), menuNow()]).toEqual([4, 4, 4]);
    expect(switches()).toEqual([`switch ${stores[generation - 1]}`, `switch ${stores[3]}`]);
  });

  test('boot: what runs stays', async () => {
    expect(await rollback({ generation: 2, mode: 'boot' })).toMatchObject({
      status: 'done',
      summary: 'generation 2 starts with the next boot; the default was 4',
    });
    expect([defaultNow(), runningNow(), menuNow()]).toEqual([2, 4, 2]);
    // The way back: it runs, but is not the default any more.
    expect(await rollback({ generation: 4, mode: 'boot' })).toMatchObject({ status: 'done' });
    expect([defaultNow(), runningNow(), menuNow()]).toEqual([4, 4, 4]);
    expect(await rollback({ generation: 4, mode: 'boot' })).toMatchObject({ status: 'refused' });
  });

  test('a dangling one is refused, and one whose closure has a hole', async () => {
    symlinkSync('/nix/store/00000000000000000000000000000000-nixos-system-gone', `${path}-7-link`);
    expect(await rollback({ generation: 7 })).toMatchObject({
      status: 'refused',
      summary: 'generation 7 is not sound: dangling: its store path is gone',
    });
    const software = readlinkSync(`${stores[0]}/sw/bin`).replace(/\/bin$/, '');
    renameSync(software, `${software}.aside`);
    onTestFinished(() => renameSync(`${software}.aside`, software));
    expect(await rollback({ generation: 1 })).toMatchObject({
      status: 'refused',
      summary: expect.stringMatching(/^generation 1 is not sound: 1 of its \d+ store paths are missing$/),
      details: [software],
    });
    expect([defaultNow(), runningNow(), switches()]).toEqual([4, 4, []]);
  });

  test.each([
    [
      '4',
      'nginx.service, foo.service',
      'incomplete',
      /is active, but units failed \(4\): nginx.service, foo.service$/,
      5,
    ],
    ['2', '', 'incomplete', /activation script failed \(2\)/, 5],
    ['100', '', 'incomplete', /needs a reboot/, 4],
    ['1', '', 'failed', /was not activated: switch-to-configuration ended with 1/, 4],
  ])('a switch that exits %s', async (exit, failed, status, summary, running) => {
    const bad = add('--argstr', 'exit', exit, '--argstr', 'failed', failed);
    relink(path, `${path.slice(path.lastIndexOf('/') + 1)}-4-link`);
    const outcome = await rollback({ generation: 5 });
    expect(outcome.status).toBe(status);
    expect(outcome.summary).toMatch(summary);
    expect(defaultNow()).toBe(5);
    expect(readlinkSync(`${run}/current-system`)).toBe(running === 5 ? bad : stores[3]);
    expect(outcome.details).toEqual(
      expect.arrayContaining([
        'default: generation 5',
        `running: generation ${running}${running === 5 ? '' : ' (unchanged)'}`,
        exit === '1'
          ? 'boot menu: not known, it may or may not have been written'
          : 'boot menu: written, generation 5 is its default',
        `the way back: sudo nixpulse rollback --to 4 --profile ${path}`,
      ]),
    );
    // The way back works.
    expect(await rollback({ generation: 4 })).toMatchObject({ status: 'done' });
    expect([defaultNow(), runningNow(), menuNow()]).toEqual([4, 4, 4]);
  });

  test('a held lock is refused, its holder named', async () => {
    const lock = `${run}/nixos/switch-to-configuration.lock`;
    const holder = spawn('flock', [lock, 'sleep', '60'], { stdio: 'ignore', detached: true });
    started.push(holder);
    onTestFinished(() => {
      process.kill(-(holder.pid ?? 0), 'SIGKILL');
    });
    await until('the lock', () => readFileSync('/proc/locks', 'utf8').includes(` ${holder.pid} `));
    expect(await rollback({ generation: 2 })).toMatchObject({
      status: 'refused',
      summary: `a switch runs already: flock ${lock} sleep 60 (pid ${holder.pid})`,
    });
    expect([defaultNow(), runningNow(), switches()]).toEqual([4, 4, []]);
  });

  test('a second rollback while the first one switches is refused', async () => {
    add('--argstr', 'secs', '3');
    relink(path, `${path.slice(path.lastIndexOf('/') + 1)}-4-link`);
    const first = rollback({ generation: 5 });
    await until('the switch', () => switches().length > 0);
    const second = await rollback({ generation: 1 });
    expect(second.status).toBe('refused');
    expect(second.summary).toMatch(
      /a switch runs already: .*bin\/switch-to-configuration switch \(pid \d+\)/,
    );
    expect(await first).toMatchObject({ status: 'done' });
    expect(defaultNow()).toBe(5);
  });

  test('what the number names has changed since it was chosen', async () => {
    const chosen = generationOf(await read(), 3)?.storePath ?? '';
    relink(`${path}-3-link`, stores[0] ?? '');
    expect(await rollback({ generation: 3, storePath: chosen })).toMatchObject({ status: 'refused' });
    expect([defaultNow(), runningNow(), switches()]).toEqual([4, 4, []]);
  });

  test('the profile is switched away between the two steps: nothing is activated', async () => {
    const away = {
      ...ports,
      spawn: {
        ...systemSpawn,
        stream: (...call: Parameters<typeof systemSpawn.stream>) => {
          const running = systemSpawn.stream(...call);
          const done = running.done.then((result) => {
            if (call[0] === 'nix-env') spawnSync('nix-env', ['-p', path, '--switch-generation', '1']);
            return result;
          });
          return { ...running, done };
        },
      },
    };
    const outcome = await rollback({ generation: 2 }, { ports: away });
    expect(outcome).toMatchObject({ status: 'failed' });
    expect(outcome.summary).toMatch(/somebody switched the profile meanwhile: it is at generation 1/);
    expect([defaultNow(), runningNow(), switches()]).toEqual([1, 4, []]);
  });

  test('a profile of packages is moved without activation', async () => {
    const user: ProfileTarget = { kind: 'user', path };
    expect(await rollback({ profile: user, generation: 2 })).toMatchObject({
      status: 'done',
      summary: `generation 2 is the default of ${path}; the default was 4`,
    });
    expect([defaultNow(), runningNow(), switches()]).toEqual([2, 4, []]);
  });
}

/** Puts a link in the place of another at once. */
function relink(path: string, target: string): void {
  rmSync(`${path}.new`, { force: true });
  symlinkSync(target, `${path}.new`);
  renameSync(`${path}.new`, path);
}
