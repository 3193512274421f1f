/** A client that wants what another one builds: shown as waiting, with the holder. */
import { expect, onTestFinished, test } from 'vitest';
import { type Lab, startBuild } from '../../support/lab.ts';
import { buildsWithNonce, workerOf } from '../truth.ts';
import { until } from '../wait.ts';
import { clientOf, openWatch, snapshot } from '../watch.ts';

export function clientCases(lab: Lab): void {
  test.for([
    { direct: false, title: 'through the daemon' },
    { direct: true, title: 'direct' },
  ])('a second client waits for the first one ($title)', async ({ direct }) => {
    const watch = openWatch();
    onTestFinished(() => watch.close());
    const first = startBuild(lab, 'stuck', { secs: '60' }, { direct, keepGoing: true });
    const build = await until('the build', () => buildsWithNonce(first.nonce)[0], { detail: first.output });
    const second = startBuild(lab, 'stuck', { secs: '60' }, { direct, nonce: first.nonce });
    const holder = direct ? first.pid : await until('the first worker', () => workerOf(first.pid));
    const waiting = await watch.tickUntil('the waiting client', (model) => {
      const one = clientOf(model, second.pid);
      return one !== undefined && one.waitsFor !== null && { one, model };
    });
    expect(waiting.one.waitsFor).toMatchObject({ path: `${build.out}.lock`, holderPid: holder });
    expect(waiting.one.waitsFor?.holder).toMatch(/nix-build|stuck-3\.1/);
    expect(waiting.one).toMatchObject({ phase: 'waiting', builds: 0 });
    const holding = clientOf(waiting.model, first.pid);
    expect(holding).toMatchObject({ waitsFor: null, builds: 1, keepGoing: true });
    expect(waiting.model.builds.filter((one) => one.pid === build.pid)).toHaveLength(1);

    const { model } = await snapshot();
    expect(clientOf(model, second.pid)?.waitsFor).toMatchObject({
      path: `${build.out}.lock`,
      holderPid: holder,
    });

    // Ctrl-C to the first: now the second builds, and waits no more.
    await first.interrupt();
    await watch.tickUntil('the second client building', (next) => {
      const one = clientOf(next, second.pid);
      return one?.builds === 1 && one.waitsFor === null;
    });
    expect(clientOf(watch.tick(), first.pid)).toBeUndefined();
  });
}
