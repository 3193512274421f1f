/** Root without NIX_REMOTE builds in its own process: no daemon, no worker. */
import { expect, onTestFinished, test } from 'vitest';
import { type Lab, startBuild } from '../../support/lab.ts';
import { buildsWithNonce } from '../truth.ts';
import { until } from '../wait.ts';
import { buildOf, clientOf, openWatch, snapshot } from '../watch.ts';

export function directCases(lab: Lab): void {
  test.for([true, false])('a direct build is shown below its client (sandbox: %s)', async (sandbox) => {
    const watch = openWatch();
    onTestFinished(() => watch.close());
    const client = startBuild(lab, 'stuck', { secs: '60' }, { direct: true, sandbox });
    const truth = await until('the build', () => buildsWithNonce(client.nonce)[0], { detail: client.output });
    const shown = await watch.tickUntil('its name', (model) => {
      const one = buildOf(model, truth.pid);
      return one !== undefined && one.name !== null && { one, model };
    });
    const { name, user, uid, startTime } = truth;
    expect(name).toBe('stuck-3.1');
    const expected = {
      name,
      user,
      uid,
      startTime,
      sandboxed: sandbox,
      clientPid: client.pid,
      workerPid: null,
    };
    expect(shown.one).toMatchObject(expected);
    expect(clientOf(shown.model, client.pid)).toMatchObject({ direct: true, builds: 1, user: 'root' });
    expect(shown.model.workers.filter((worker) => worker.clientPid === client.pid)).toEqual([]);
    expect(buildOf((await snapshot()).model, truth.pid)).toMatchObject(expected);
  });

  test('one build without sandbox through the daemon', async () => {
    const client = startBuild(lab, 'stuck', { secs: '60' }, { sandbox: false });
    const truth = await until('the build', () => buildsWithNonce(client.nonce)[0], { detail: client.output });
    const { name, user, startTime, out } = truth;
    const shown = buildOf((await snapshot()).model, truth.pid);
    expect(shown).toMatchObject({ name, user, startTime, out, sandboxed: false, clientPid: client.pid });
  });
}
