/** Clients that stand still, and for whom: told by the log and by the process table. */
import { chmodSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { rootCauses } from '../../../src/logs/root-causes.ts';
import { totalsOf } from '../../../src/logs/totals.ts';
import type { Lab } from '../../support/lab.ts';
import { toldBothWays } from '../../support/told-both-ways.ts';
import { buildsWithNonce, workerOf } from '../truth.ts';
import { until } from '../wait.ts';
import { clientOf } from '../watch.ts';
import { follow, startLoggedBuild } from './followed.ts';

export function waitCases(lab: Lab): void {
  test('a lock: the wait has its paths and its holder, and ends with what the other one built', async () => {
    const first = startLoggedBuild(lab, 'logs', ['held']);
    const build = await until('the build', () => buildsWithNonce(first.nonce)[0], { detail: first.output });
    const again = { nonce: first.nonce };
    const second = startLoggedBuild(lab, 'logs', ['held'], [], again);
    const text = startLoggedBuild(lab, 'logs', ['held'], [], { ...again, text: true });
    const holder = workerOf(first.pid);
    const following = follow(first, second, text);
    const model = await following.lookUntil('the second one waiting', (model) => {
      const waits = [...(following.rebuild(second)?.waits.values() ?? [])];
      return waits.length > 0 && clientOf(model, second.pid)?.waitsFor != null && model;
    });
    const { rebuild, client } = following.followed(second);
    expect([...rebuild.waits.values()]).toMatchObject([
      { for: { kind: 'output-lock', paths: [build.out] }, said: false },
    ]);
    expect(client).toMatchObject({ pid: second.pid });
    expect(clientOf(model, second.pid)).toMatchObject({
      waitsFor: { path: `${build.out}.lock`, holderPid: holder },
      builds: 0,
    });
    expect(totalsOf(rebuild)).toMatchObject({ builds: 1, waiting: 1, running: 0 });
    expect(totalsOf(following.followed(first).rebuild)).toMatchObject({ builds: 1, waiting: 0, running: 1 });
    expect(following.followed(first).rebuild.waits.size).toBe(0);
    // One process tree, one log.
    const joined = model.builds.filter(({ log }) => log !== null);
    expect(joined.map(({ pid, log }) => [pid, log?.rebuild])).toEqual([
      [build.pid, following.followed(first).id],
    ]);

    await following.lookToEnd();
    const [built, waited] = [await first.over(), await second.over()];
    expect(totalsOf(built)).toMatchObject({ builds: 1, done: 1, elsewhere: 0 });
    expect(totalsOf(waited)).toMatchObject({ builds: 1, done: 0, elsewhere: 1, failed: 0, waiting: 0 });
    for (const rebuild of [built, waited]) expect(rootCauses(rebuild, {})).toEqual([]);
    expect(toldBothWays(await text.over())).toEqual(toldBothWays(waited));
  });

  test('Ctrl-C: the user is the one cause, and no build failed of itself', async () => {
    const client = startLoggedBuild(lab, 'logs', ['after', 'chatty']);
    const text = startLoggedBuild(lab, 'logs', ['after', 'chatty'], [], { text: true });
    const following = follow(client, text);
    await following.lookUntil('two builds of each', () =>
      [client, text].every((one) => (following.rebuild(one)?.running.size ?? 0) === 2),
    );
    await Promise.all([client.interrupt(), text.interrupt()]);
    await following.lookToEnd();
    for (const one of [client, text]) {
      const rebuild = await one.over();
      expect(rootCauses(rebuild, {})).toMatchObject([{ cause: { kind: 'interrupted' } }]);
      expect(totalsOf(rebuild)).toMatchObject({ builds: 3, waiting: 1, done: 0, ended: 2, failed: 0 });
    }
  });

  test('a post-build hook: it has lines of its own, and its build is no failure', async () => {
    const hook = `${lab.directory}/hook.sh`;
    writeFileSync(hook, '#!/bin/sh\necho "uploading $OUT_PATHS"\nsleep 2\necho uploaded\n');
    chmodSync(hook, 0o755);
    const failing = `${lab.directory}/failing-hook.sh`;
    writeFileSync(failing, '#!/bin/sh\necho "no route to the cache"\nexit 7\n');
    chmodSync(failing, 0o755);
    const client = startLoggedBuild(lab, 'logs', ['brief'], ['--option', 'post-build-hook', hook]);
    const other = startLoggedBuild(lab, 'logs', ['brief'], ['--option', 'post-build-hook', failing]);
    const following = follow(client, other);
    const running = await following.lookUntil('the hook', () => {
      const [one] = following.rebuild(client)?.hooks.values() ?? [];
      return one !== undefined && one.lines > 0 && one;
    });
    expect(running).toMatchObject({ drv: expect.stringMatching(/-brief-1\.0\.drv$/), lines: 1 });
    // Up to about Nix 2.10 the hook is not told the paths of an ordinary derivation.
    expect(running.tail).toEqual([expect.stringMatching(/^uploading /)]);
    const [build] = following.rebuild(client)?.running.values() ?? [];
    expect(build).toMatchObject({ drv: running.drv, tail: ['buildPhase', 'brief'] });
    await following.lookToEnd();
    const rebuild = await client.over();
    expect(rebuild.hooks.size).toBe(0);
    expect(totalsOf(rebuild)).toMatchObject({ builds: 1, done: 1, failed: 0 });
    expect(rootCauses(rebuild, {})).toEqual([]);
    // Of the one that failed its words are all there is: no build did, and it is no evaluation.
    const broken = await other.over();
    expect(totalsOf(broken)).toMatchObject({ builds: 1, failed: 0, dependents: 0 });
    expect(rootCauses(broken, {})).toEqual([
      expect.objectContaining({
        cause: { kind: 'unknown' },
        drvs: [],
        text: expect.stringMatching(/failing-hook\.sh['"] failed with exit code 7$/),
      }),
    ]);
  });
}
