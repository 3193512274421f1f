/** A build that leaks, and an evaluation that does: how fast they grow. */
import { expect, onTestFinished, test } from 'vitest';
import { type Lab, startBuild, startEvaluation } from '../../support/lab.ts';
import {
  buildsWithNonce,
  commandLine,
  processesOfBuild,
  readProcess,
  residentBytesOf,
  slopePerMin,
} from '../truth.ts';
import { until } from '../wait.ts';
import { buildOf, clientOf, openWatch, ticks } from '../watch.ts';

export function growthCases(lab: Lab): void {
  test("a leak's growth is within 10 % of the truth", async () => {
    const watch = openWatch();
    onTestFinished(() => watch.close());
    const client = startBuild(lab, 'leak', { rate: '20', max: '900', hold: '10' });
    const truth = await until('the leaking build', () => buildsWithNonce(client.nonce)[0]);
    await watch.tickUntil('its name', (model) => buildOf(model, truth.pid)?.name === 'memleak-0.1');
    const points: { ms: number; bytes: number }[] = [];
    let seen: number | null = null;
    // Growth is told from 20 s on.
    await ticks(watch, 24, (model) => {
      points.push({ ms: performance.now(), bytes: residentBytesOf(processesOfBuild(truth)) });
      seen = buildOf(model, truth.pid)?.residentGrowthBytesPerMin ?? null;
    });
    const slope = slopePerMin(points);
    expect(slope).toBeGreaterThan(100 * 1024 * 1024);
    expect(seen).not.toBeNull();
    expect(Math.abs(Number(seen) / slope - 1), `seen ${seen}, true ${slope}`).toBeLessThan(0.1);
  });

  test('an old shell that becomes an evaluator is seen before it builds', async () => {
    const watch = openWatch();
    onTestFinished(() => watch.close());
    const client = startEvaluation(lab, 'eval-leak', { steps: '1500', work: '22' }, 6);
    await watch.tickUntil('its exec', () => commandLine(client.pid)[0] === 'nix-instantiate');
    const seen = await watch.tickUntil('the evaluator', (model) => clientOf(model, client.pid));
    expect(seen).toMatchObject({ tool: 'nix-instantiate', builds: 0 });
  });

  test('an evaluation is shown with its memory', async () => {
    const watch = openWatch();
    onTestFinished(() => watch.close());
    const client = startEvaluation(lab, 'eval-leak', { steps: '1500', work: '22' });
    const shown = await watch.tickUntil('the evaluation', (model) => {
      const truth = readProcess(client.pid)?.residentBytes ?? 0;
      const one = clientOf(model, client.pid);
      if (one?.phase !== 'evaluating' || one.user !== 'root' || truth < 50 * 1024 * 1024) return null;
      return { one, truth };
    });
    expect(shown.one).toMatchObject({ builds: 0, direct: false });
    expect(shown.one.command).toContain('nix-instantiate');
    const errors: number[] = [];
    await ticks(watch, 5, () => {
      const before = readProcess(client.pid)?.residentBytes ?? 0;
      const resident = clientOf(watch.tick(), client.pid)?.residentBytes ?? 0;
      const after = readProcess(client.pid)?.residentBytes ?? 0;
      errors.push(resident < before ? 1 - resident / before : resident > after ? resident / after - 1 : 0);
    });
    expect(errors.sort()[2]).toBeLessThan(0.05);
  });
}
