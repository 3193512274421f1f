/** Builds that succeed: what is told while they run is what runs, and it ends as it ended. */
import { expect, test } from 'vitest';
import { rootCauses } from '../../../src/logs/root-causes.ts';
import { totalsOf } from '../../../src/logs/totals.ts';
import { derivationOfPath } from '../../../src/model/nix-store/store-path.ts';
import type { Lab } from '../../support/lab.ts';
import { toldBothWays } from '../../support/told-both-ways.ts';
import { buildsWithNonce } from '../truth.ts';
import { clientOf } from '../watch.ts';
import { follow, startLogged, startLoggedBuild } from './followed.ts';

export function buildCases(lab: Lab): void {
  test('five parallel builds: each process tree has its own phase and log', async () => {
    const client = startLoggedBuild(lab, 'parallel', [], ['--argstr', 'secs', '5']);
    const text = startLoggedBuild(lab, 'parallel', [], ['--argstr', 'secs', '2'], { text: true });
    const following = follow(client, text);
    const model = await following.lookUntil('five builds in their buildPhase', (model) => {
      const own = model.builds.filter(({ clientPid }) => clientPid === client.pid);
      return own.length === 5 && own.every(({ phase }) => phase === 'buildPhase') && model;
    });
    const followed = following.followed(client);
    expect(followed.client).toMatchObject({ pid: client.pid });
    for (const { pid, name } of buildsWithNonce(client.nonce)) {
      const build = model.builds.find((one) => one.pid === pid);
      expect(build?.log).toMatchObject({ rebuild: followed.id, lines: expect.any(Number) });
      expect(derivationOfPath(build?.log?.drv ?? '')).toEqual({ name, hash: build?.drvHash });
      expect(build?.log?.phaseSinceMs).toBeGreaterThanOrEqual(followed.rebuild.startedMs);
    }
    expect(totalsOf(followed.rebuild)).toMatchObject({ builds: 5, running: 5, waiting: 0, done: 0 });
    expect(clientOf(model, client.pid)).toMatchObject({ builds: 5 });

    await following.lookToEnd();
    const rebuild = await client.over();
    expect(rebuild).toMatchObject({ ended: { exitCode: 0 }, errors: [], clues: [] });
    expect(totalsOf(rebuild)).toMatchObject({ builds: 5, done: 5, ended: 0, failed: 0, waiting: 0 });
    expect(rootCauses(rebuild, {})).toEqual([]);
    expect(totalsOf(following.followed(client).rebuild)).toEqual(totalsOf(rebuild));
    for (const { phases } of rebuild.finished.values())
      expect(phases.map(({ name }) => name)).toEqual(
        'unpackPhase patchPhase configurePhase buildPhase installPhase fixupPhase'.split(' '),
      );
    expect(toldBothWays(await text.over())).toEqual(toldBothWays(rebuild));
  });

  test('a chain: one after the other, none is forgotten or twice', async () => {
    const client = startLoggedBuild(lab, 'logs', ['chain']);
    const text = startLoggedBuild(lab, 'logs', ['chain'], [], { text: true });
    const following = follow(client, text);
    const seen: string[] = [];
    await following.lookToEnd(() => {
      const rebuild = following.rebuild(client);
      if (rebuild === null) return;
      const { builds, running, waiting, done, elsewhere, ended } = totalsOf(rebuild);
      if (builds > 0) expect(builds).toBe(4);
      expect({ elsewhere, ended }).toEqual({ elsewhere: 0, ended: 0 });
      const now = `${done} ${running} ${waiting}`;
      if (builds > 0 && seen.at(-1) !== now) seen.push(now);
    });
    // Between two builds a look may find none; a late one misses a step, and never finds another.
    const steps = seen.filter((one) => one.split(' ')[1] !== '0');
    expect(steps.length).toBeGreaterThanOrEqual(3);
    expect(['0 1 3', '1 1 2', '2 1 1', '3 1 0'].filter((one) => steps.includes(one))).toEqual(steps);
    const rebuild = await client.over();
    expect(totalsOf(rebuild)).toMatchObject({ builds: 4, done: 4, failed: 0 });
    expect([...rebuild.finished.values()].map(({ name }) => name)).toEqual([
      'first-1.0',
      'second-1.0',
      'third-1.0',
      'chain-1.0',
    ]);
    expect(toldBothWays(await text.over())).toEqual(toldBothWays(rebuild));
  });

  test('`nix build` tells the same as nix-build', async () => {
    const file = `${lab.directory}/workloads/logs.nix`;
    const words = ['build', '--impure', '--no-link', '-f', file, 'brief'];
    const nix = startLogged(lab, 'nix', words);
    const old = startLoggedBuild(lab, 'logs', ['brief']);
    const text = startLogged(lab, 'nix', [...words, '-L'], { text: true });
    await follow(nix, old, text).lookToEnd();
    const told = toldBothWays(await nix.over());
    expect(told.counts).toMatchObject({ builds: 1, over: 1, failed: 0 });
    expect(told).toEqual(toldBothWays(await old.over()));
    expect(toldBothWays(await text.over())).toEqual(told);
  });
}
