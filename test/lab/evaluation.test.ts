/**
 * Evaluations under limits, on the real nix-instantiate: configurations with one fault each. Their module system is a
 * small one (test/fixtures/evaluation/nixpkgs); NIXPULSE_NIXPKGS_LIB=/…/nixpkgs/lib takes that of a real nixpkgs.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { createOwnFiles } from '../../src/platform/own-files.ts';
import { systemSpawn } from '../../src/platform/spawn.ts';
import { createBisection } from '../../src/probes/bisection.ts';
import { createEvaluation } from '../../src/probes/evaluation.ts';
import { createEvaluationProfile } from '../../src/probes/evaluation-profile.ts';
import { bringUpLab, newest } from '../support/lab.ts';
import { inTurn } from './in-turn.ts';
import { until } from './wait.ts';
import { realPorts } from './watch.ts';

const lab = bringUpLab();
/** Below the checkout its flake.nix would be the configuration. */
const fixtures = mkdtempSync(join(tmpdir(), 'nixpulse-evaluation-'));
cpSync(fileURLToPath(new URL('../fixtures/evaluation', import.meta.url)), fixtures, { recursive: true });
afterAll(() => rmSync(fixtures, { recursive: true, force: true }));
const configurations = `${fixtures}/etc`;
const usual = { sec: 60, bytes: 1 << 30 };
const short = { sec: 2, bytes: 1 << 30 };

function context(abort = new AbortController()) {
  const stateDirectory = mkdtempSync(join(tmpdir(), 'nixpulse-probe-'));
  onTestFinished(() => rmSync(stateDirectory, { recursive: true, force: true }));
  const told: string[] = [];
  const progress = (text: string) => void told.push(text);
  const ports = { ...realPorts(), spawn: systemSpawn, ownFiles: createOwnFiles({ clock: systemClock }) };
  return { ports, cancelled: abort.signal, stateDirectory, progress, told };
}

/** That were given our limits and are still there. */
const evaluators = () =>
  readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return words.startsWith('nix-instantiate') && words.includes(fixtures);
    } catch {
      return false;
    }
  });

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

describe.skipIf(lab.missing !== null)('evaluations under limits', { timeout: 120_000 }, () => {
  inTurn();
  beforeEach(() => {
    vi.stubEnv('NIX_PATH', `nixpkgs=${fixtures}/nixpkgs`);
    return () => vi.unstubAllEnvs();
  });

  const evaluate = async (attribute: string, limits = usual, abort?: AbortController) => {
    const done = await createEvaluation(limits)(`${configurations}#${attribute}`, context(abort));
    if (!done.ok) throw new Error(JSON.stringify(done.problem));
    return done.value;
  };

  test.each(['sound', 'derivation'])('%s: it ends, and says nothing', async (attribute) => {
    expect(await evaluate(attribute)).toMatchObject({
      end: 'done',
      configuration: `${configurations}#${attribute}`,
      error: null,
      repeated: [],
      options: [],
    });
  });

  test('a configuration.nix is a module, and nothing is written for it', async () => {
    const before = readdirSync('/nix/store').length;
    const done = await createEvaluation(usual)(`${configurations}/configuration.nix`, context());
    expect(done).toMatchObject({ ok: true, value: { end: 'done' } });
    expect(readdirSync('/nix/store')).toHaveLength(before);
  });

  test('two options that need each other: both, and their files, are named', async () => {
    const run = await evaluate('pair');
    expect(run).toMatchObject({ end: 'recursion', error: 'infinite recursion encountered' });
    expect([...run.options].sort()).toEqual(['networking.domain', 'networking.hostName']);
    expect(run.files.map(nameOf).sort()).toEqual(['domain.nix', 'name.nix']);
  });

  test('a flake, its host named or that of this machine', async () => {
    const place = mkdtempSync(join(tmpdir(), 'nixpulse-flake-'));
    onTestFinished(() => rmSync(place, { recursive: true, force: true }));
    cpSync(fixtures, place, { recursive: true });
    const host = readFileSync('/proc/sys/kernel/hostname', 'utf8').trim();
    const systems = `let of = attribute: (import ${place}/etc).\${attribute}; in`;
    writeFileSync(
      join(place, 'flake.nix'),
      `{ outputs = _: { nixosConfigurations = ${systems} { "${host}" = of "sound"; web = of "calls"; }; }; }`,
    );
    const of = async (subject: string) => createEvaluation(usual)(subject, context());
    expect(await of(place)).toMatchObject({ value: { end: 'done', configuration: `${place}#${host}` } });
    expect(await of(`${place}#web`)).toMatchObject({ value: { end: 'stack' } });
    expect(await of(`${place}#none`)).toMatchObject({
      value: { end: 'failed', error: expect.stringContaining("attribute 'none' missing") },
    });
  });

  test('calls without end', async () => {
    const run = await evaluate('calls');
    expect(run).toMatchObject({ end: 'stack', error: expect.stringMatching(/^stack overflow/) });
    // Up to about 2.19 no trace is written for it.
    if (newest) {
      expect(run.omittedFrames).toBeGreaterThan(1000);
      expect(run.repeated[0]?.place).toMatch(/calls\.nix:1$/);
    }
  });

  test('one that never ends is ended, whatever signals it does not hear', async () => {
    const run = await evaluate('loop', short);
    expect(run).toMatchObject({ end: 'time', limitSec: 2, error: null });
    expect(run.peakBytes).toBeGreaterThan(1 << 20);
    expect(run.peakBytes).toBeLessThan(1 << 30);
    expect(evaluators()).toEqual([]);
  });

  test('one that grows is ended at its limit', async () => {
    const run = await evaluate('leak', { sec: 100, bytes: 300 << 20 });
    expect(run).toMatchObject({ end: 'memory', limitBytes: 300 << 20 });
    expect(run.peakBytes).toBeGreaterThan(300 << 20);
    expect(evaluators()).toEqual([]);
  });

  test('cancelled: no process is left', async () => {
    const abort = new AbortController();
    const asked = createEvaluation(usual)(`${configurations}#loop`, context(abort));
    await until('the evaluator', () => evaluators().length > 0);
    abort.abort();
    expect(await asked).toMatchObject({ ok: false });
    expect(evaluators()).toEqual([]);
  });

  describe('bisection', () => {
    const bisect = async (attribute: string, limits = usual, mostSteps?: number) => {
      const more = mostSteps === undefined ? {} : { mostSteps };
      const found = await createBisection({ limits, ...more })(`${configurations}#${attribute}`, context());
      if (!found.ok) throw new Error(JSON.stringify(found.problem));
      return found.value;
    };

    test('what is sound is not looked for', async () => {
      expect(await bisect('sound')).toMatchObject({ steps: 1, of: null, modules: [], failsBare: false });
    });

    test('the one module that loops', async () => {
      const { modules, ...found } = await bisect('loop', short);
      expect(found).toMatchObject({ run: { end: 'time' }, of: 9, failsBare: false, complete: true });
      expect(modules).toEqual([`${configurations}/services/loop.nix`]);
      expect(found.steps).toBeLessThan(14);
    });

    test('the one that calls itself, also where nixpkgs has no graph', async () => {
      expect((await bisect('calls')).modules).toEqual([`${configurations}/services/calls.nix`]);
      const old = await bisect('old');
      expect(old).toMatchObject({ run: { end: 'stack' }, complete: true });
      expect(old.modules).toEqual([`${configurations}/services/calls.nix`]);
    });

    test('one that imports others is it by itself', async () => {
      expect((await bisect('above')).modules).toEqual([`${configurations}/above.nix`]);
    });

    test('two that fail together', async () => {
      const { modules, ...found } = await bisect('pair');
      expect(found).toMatchObject({ run: { end: 'recursion' }, failsBare: false, complete: true });
      expect(modules.map(nameOf).sort()).toEqual(['domain.nix', 'name.nix']);
    });

    test('an error, and not those that come of leaving out', async () => {
      const { modules, run } = await bisect('error');
      expect(run).toMatchObject({ end: 'failed', error: expect.stringContaining('not on this machine') });
      expect(modules).toEqual([`${configurations}/services/error.nix`]);
    });

    test('without any module it fails just so', async () => {
      expect(await bisect('bare')).toMatchObject({ run: { end: 'failed' }, modules: [], failsBare: true });
    });

    test('imports that depend on what is configured cannot be left out', async () => {
      expect(await bisect('imports')).toMatchObject({
        run: { end: 'recursion' },
        of: null,
        modules: [],
        complete: false,
      });
    });

    test('it ends at the number of evaluations', async () => {
      const found = await bisect('pair', usual, 5);
      expect(found).toMatchObject({ steps: 5, complete: false });
    });
  });

  test('where the time goes', async () => {
    const place = context();
    const found = await createEvaluationProfile(usual)(`${configurations}#busy`, place);
    if (!found.ok) throw new Error(JSON.stringify(found.problem));
    const { run, by, files } = found.value;
    expect(run).toMatchObject({ end: 'done' });
    expect(by).toBe(newest ? 'time' : 'calls');
    expect(files[0]?.file).toBe(`${configurations}/busy.nix`);
    expect(files[0]?.percent).toBeGreaterThan(90);
    expect(readdirSync(place.stateDirectory)).toEqual([]);
  });

  test('of one that never ends only the profiler tells', async () => {
    const found = await createEvaluationProfile(short)(`${configurations}#loop`, context());
    if (!newest) {
      expect(found).toMatchObject({ ok: false, problem: { kind: 'unsupported' } });
      return;
    }
    expect(found).toMatchObject({ ok: true, value: { by: 'time', run: { end: 'time' } } });
    expect(found.ok && found.value.files[0]?.file).toBe(`${configurations}/services/loop.nix`);
  });
});
