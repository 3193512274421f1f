/** Zombies and stopped processes are counted as what they are. */
import { expect, onTestFinished, test } from 'vitest';
import { type Lab, startBuild } from '../../support/lab.ts';
import { signalBuild } from '../end.ts';
import { buildsWithNonce, processesOfBuild } from '../truth.ts';
import { until } from '../wait.ts';
import { buildOf, openWatch } from '../watch.ts';

export function stateCases(lab: Lab): void {
  test('zombies', async () => {
    const watch = openWatch();
    onTestFinished(() => watch.close());
    const client = startBuild(lab, 'zombies', { n: '20', secs: '60' });
    const build = await until('a build with zombies', () => {
      const one = buildsWithNonce(client.nonce)[0];
      return one !== undefined && count(one, 'Z') >= 20 && one;
    });
    const shown = await watch.tickUntil('its zombies', (model) => {
      const one = buildOf(model, build.pid);
      return one !== undefined && one.states.Z > 0 && one;
    });
    expect(shown.states.Z).toBe(count(build, 'Z'));
    expect(shown.processes).toBe(processesOfBuild(build).length);
  });

  test('a stopped build', async () => {
    const watch = openWatch();
    onTestFinished(() => watch.close());
    const client = startBuild(lab, 'stuck', { secs: '60' });
    const build = await until('the build', () => {
      const one = buildsWithNonce(client.nonce)[0];
      // The builder and its sleep: past the forks of its first moments.
      return one !== undefined && processesOfBuild(one).length === 2 && one;
    });
    await watch.tickUntil('the build, named and running', (model) => {
      const one = buildOf(model, build.pid);
      return one?.name && !one.paused;
    });
    expect(signalBuild(client.nonce, 'SIGSTOP')).toBe(2);
    await until('all stopped', () => count(build, 'T') === 2);
    const stopped = await watch.tickUntil('it as paused', (model) => {
      const one = buildOf(model, build.pid);
      return one?.paused === true && one;
    });
    expect(stopped.states).toMatchObject({ T: 2, R: 0, S: 0 });
    expect(stopped.name).toBe('stuck-3.1');
    signalBuild(client.nonce, 'SIGCONT');
    await watch.tickUntil('it going on', (model) => buildOf(model, build.pid)?.paused === false);
  });
}

function count(build: { readonly pid: number; readonly uid: number }, state: string): number {
  return processesOfBuild(build).filter((one) => one.state === state).length;
}
