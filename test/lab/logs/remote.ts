/**
 * A build on another machine, as far as this one can be it: for the host `localhost` Nix starts the far side without
 * ssh (SSHMaster, src/libstore/ssh.cc), and `remote-store` gives it a store of its own.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { rootCauses } from '../../../src/logs/root-causes.ts';
import { totalsOf } from '../../../src/logs/totals.ts';
import type { Lab } from '../../support/lab.ts';
import { toldBothWays } from '../../support/told-both-ways.ts';
import { follow, startLoggedBuild } from './followed.ts';

export function remoteCases(lab: Lab): void {
  test('a build through ssh-ng: once, with its machine, its phase and what was sent to it', async () => {
    // No folder above a store may be writable by everybody.
    const store = mkdtempSync('/var/lib/nixpulse-remote-');
    onTestFinished(() => void spawnSync('bash', ['-c', 'chmod -R u+w "$1"; rm -rf "$1"', 'bash', store]));
    const machine = `ssh-ng://localhost?remote-store=${store}`;
    const words = ['-j', '0', '--option', 'builders', `${machine} x86_64-linux - 4 1`];
    const client = startLoggedBuild(lab, 'logs', ['remote'], words);
    const following = follow(client);
    const model = await following.lookUntil('the build on its machine', (model) => {
      const [one] = following.rebuild(client)?.running.values() ?? [];
      return (one?.lines ?? 0) > 5 && model;
    });
    const followed = following.followed(client);
    expect(totalsOf(followed.rebuild)).toMatchObject({ builds: 1, running: 1, waiting: 0, sentPaths: 4 });
    const [build] = followed.rebuild.running.values();
    expect(build).toMatchObject({ host: machine, phases: [{ name: 'buildPhase' }] });
    // The far side's processes are here, too: they have the log that comes from there.
    expect(model.builds.filter(({ log }) => log?.rebuild === followed.id)).toMatchObject([
      { name: 'remote-1.0', phase: 'buildPhase', log: { drv: build?.drv } },
    ]);

    const failing = startLoggedBuild(lab, 'fail', ['bad'], words);
    const text = startLoggedBuild(lab, 'fail', ['bad'], words, { text: true });
    await follow(client, failing, text).lookToEnd();
    const rebuild = await client.over();
    expect(totalsOf(rebuild)).toMatchObject({ builds: 1, done: 1, failed: 0, sentPaths: 4, fetchedPaths: 1 });
    expect([...rebuild.finished.values()]).toMatchObject([{ host: machine, state: 'done', lines: 21 }]);
    expect([...rebuild.peers.keys()]).toEqual(['ssh-ng://localhost']);
    expect(rootCauses(rebuild, {})).toEqual([]);
    const failed = await failing.over();
    expect(totalsOf(failed)).toMatchObject({ builds: 1, done: 0, failed: 1, dependents: 0 });
    expect(rootCauses(failed, {})).toMatchObject([
      { cause: { kind: 'exit', code: 2 }, drvs: [expect.stringMatching(/-bad-0\.9\.drv$/)] },
    ]);
    expect(toldBothWays(await text.over()).causes).toEqual(toldBothWays(failed).causes);
  });
}
