/** Kill builds: all of each, nothing else, and Nix goes on as if they had failed by themselves. */
import { expect, test } from 'vitest';
import { kill } from '../../../src/actions/kill.ts';
import type { BuildTarget } from '../../../src/model/intents/intent.ts';
import { type Lab, startBuild } from '../../support/lab.ts';
import { type Acting, openActing } from '../acting.ts';
import { directoriesOf, living, remains } from '../remains.ts';
import { buildsWithNonce, commandLine, processesWithNonce, type TrueBuild } from '../truth.ts';
import { until } from '../wait.ts';

function perform({ context }: Acting, ...targets: readonly BuildTarget[]) {
  return kill({ type: 'kill', targets, reason: null }, context);
}

/** Once the build has children of its own. */
function buildUp(nonce: string, processes: number): Promise<TrueBuild> {
  return until('the build and its processes', () =>
    buildsWithNonce(nonce).find(() => processesWithNonce(nonce).length >= processes),
  );
}

export function killCases(lab: Lab): void {
  test.for([true, false])('kill, escapee and all; then it builds (sandbox: %s)', async (sandbox) => {
    const acting = await openActing();
    const before = directoriesOf('retry-2.0');
    const client = startBuild(lab, 'retry', {}, { sandbox });
    const build = await buildUp(client.nonce, 3);
    await until('the escapee', () =>
      processesWithNonce(client.nonce).some(
        (one) => commandLine(one.pid).includes('301') && one.session !== build.pid,
      ),
    );
    const target = await acting.target(build);
    const outcome = await perform(acting, target);
    expect(outcome, JSON.stringify(outcome)).toMatchObject({
      status: 'done',
      summary: expect.stringMatching(/^killed retry-2\.0: \d+ processes ended in \d+ ms/),
      details: [expect.stringMatching(/^nix-build .* ended with it$/)],
    });
    expect(living(client.nonce)).toEqual([]);
    await until('the end of the client', client.ended);
    expect(client.output()).toMatch(/failed due to signal 9/);
    await until(
      'no lock, no process, no directory',
      () => remains(client.nonce, build, before).length === 0,
      {
        detail: () => remains(client.nonce, build, before).join('\n'),
      },
    );

    const again = startBuild(lab, 'retry', {}, { sandbox, nonce: client.nonce });
    await until('the same derivation built', again.ended, { detail: again.output });
    expect(again.output()).toMatch(/^\/nix\/store\/.*-retry-2\.0$/m);
  });

  const storms = ['chain', 'swarm', 'away'].flatMap((kind) =>
    [true, false].map((sandbox) => ({ kind, sandbox })),
  );
  test.for(storms)('a forking storm loses: $kind (sandbox: $sandbox)', async ({ kind, sandbox }) => {
    const acting = await openActing();
    const client = startBuild(lab, 'storm', { kind }, { sandbox });
    const build = await until('the storm', () => buildsWithNonce(client.nonce)[0], { detail: client.output });
    const outcome = await perform(acting, await acting.target(build));
    expect(outcome).toMatchObject({ status: 'done' });
    expect(living(client.nonce)).toEqual([]);
    await until('the end of the client', client.ended);
    expect(living(client.nonce)).toEqual([]);
  });

  test('two of five with --keep-going: the others and the client go on', async () => {
    const acting = await openActing();
    const client = startBuild(lab, 'parallel', { secs: '60' }, { keepGoing: true });
    const builds = await until('five builds', () => {
      const all = buildsWithNonce(client.nonce);
      return all.length === 5 && all;
    });
    const targets = await Promise.all(builds.slice(0, 2).map(acting.target));
    const outcome = await perform(acting, ...targets);
    expect(outcome).toMatchObject({ status: 'done' });
    expect(outcome.details).toEqual([expect.stringMatching(/goes on \(--keep-going\)$/)]);
    for (const build of builds.slice(0, 2)) expect(living(client.nonce, build.name)).toEqual([]);
    for (const build of builds.slice(2)) expect(living(client.nonce, build.name)).toContain(build.pid);
    expect(client.ended()).toBe(false);
  });

  test('one of five without --keep-going: its whole run ends', async () => {
    const acting = await openActing();
    const client = startBuild(lab, 'parallel', { secs: '60' });
    const [build] = await until('five builds', () => {
      const all = buildsWithNonce(client.nonce);
      return all.length === 5 && all;
    });
    const outcome = await perform(acting, await acting.target(build as TrueBuild));
    expect(outcome).toMatchObject({ status: 'done' });
    await until(
      'the end of the client and all builds',
      () => client.ended() && living(client.nonce).length === 0,
    );
  });

  test('the next build of the same user is not touched', async () => {
    const acting = await openActing();
    const client = startBuild(lab, 'many', { n: '4' }, { keepGoing: true, jobs: 1, sandbox: false });
    let last: TrueBuild | null = null;
    let handedOn = 0;
    for (let round = 0; round < 3; round += 1) {
      const build = await until('the next build', () => {
        const [first] = buildsWithNonce(client.nonce);
        return (
          first !== undefined &&
          first.pid !== last?.pid &&
          living(client.nonce, first.name).length > 1 &&
          first
        );
      });
      if (build.uid === last?.uid) handedOn += 1;
      last = build;
      const outcome = await perform(acting, await acting.target(build));
      expect(outcome).toMatchObject({
        status: 'done',
        summary: expect.stringContaining('2 processes ended'),
      });
    }
    expect(handedOn, 'Nix gave other users each time: this proves nothing').toBeGreaterThan(0);
    const survivor = await until('the fourth build', () => buildsWithNonce(client.nonce)[0]);
    expect(survivor.pid).not.toBe(last?.pid);
    expect(client.ended()).toBe(false);
  });

  test('a build that ended by itself between question and answer is refused', async () => {
    const acting = await openActing();
    const client = startBuild(lab, 'retry', { t: '3' });
    const build = await buildUp(client.nonce, 2);
    const target = await acting.target(build);
    await until('its own end', client.ended);
    expect(await perform(acting, target)).toMatchObject({
      status: 'refused',
      summary: 'retry-2.0 had already ended',
    });
  });
}
