/** Builds that fail, each in its way: one cause for each root, and nobody else is blamed. */
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { rootCauses } from '../../../src/logs/root-causes.ts';
import { totalsOf } from '../../../src/logs/totals.ts';
import { type Lab, newest } from '../../support/lab.ts';
import { toldBothWays } from '../../support/told-both-ways.ts';
import { removeDirectories, signal } from '../end.ts';
import { buildsWithNonce, workerOf } from '../truth.ts';
import { addressOfNobody } from './cache-server.ts';
import { causesByName } from './causes-by-name.ts';
import { follow, type Logged, startLogged, startLoggedBuild } from './followed.ts';

const hash = {
  kind: 'hash',
  specified: expect.stringMatching(/^sha256-A+=$/),
  got: expect.stringMatching(/^sha256-.{43}=$/),
  url: null,
};
const noOutput = { kind: 'no-output', output: 'out' };

interface Alone {
  readonly attribute: string;
  readonly sandbox?: boolean;
  readonly causes: Readonly<Record<string, object>>;
  readonly totals: Partial<ReturnType<typeof totalsOf>>;
  /** Of a client that builds by itself; through a daemon it is 1. */
  readonly exitCode: number;
}

const ways: readonly Alone[] = [
  {
    attribute: 'top',
    causes: { 'bad-0.9': { kind: 'exit', code: 2 } },
    // Not failed: it was stopped with the one that did.
    totals: { builds: 3, ended: 1, done: 0, failed: 1, dependents: 1 },
    exitCode: 100,
  },
  {
    attribute: 'signal',
    // The first process of a PID namespace does not hear its own signals.
    sandbox: false,
    causes: { 'segv-1.0': { kind: 'signal', signal: 11, name: 'Segmentation fault' } },
    totals: { builds: 1, failed: 1 },
    exitCode: 100,
  },
  { attribute: 'hash', causes: { 'source-1': hash }, totals: { builds: 1, failed: 1 }, exitCode: 102 },
  {
    attribute: 'noout',
    causes: { 'noout-1': noOutput },
    totals: { builds: 1, failed: 1 },
    exitCode: 1,
  },
  {
    attribute: 'nobuilder',
    causes: { 'nobuilder-1': { kind: 'exit', code: 1 } },
    totals: { builds: 1, failed: 1 },
    exitCode: 100,
  },
  {
    attribute: 'cycle',
    causes: { 'cycle-1.0': { kind: 'cycle' } },
    totals: { builds: 1, failed: 1 },
    exitCode: 1,
  },
  {
    attribute: 'nofeature',
    causes: { 'nofeature-1.0': { kind: 'system', reason: 'features' } },
    totals: { builds: 1, failed: 1 },
    exitCode: newest ? 100 : 1,
  },
  {
    attribute: 'wrongsystem',
    causes: { 'wrongsystem-1': { kind: 'system', reason: 'system', offers: [] } },
    totals: { builds: 1, failed: 1 },
    exitCode: newest ? 100 : 1,
  },
];

export function failureCases(lab: Lab): void {
  test('every way to fail, with --keep-going', async () => {
    const all = ['top', 'hash', 'noout', 'nobuilder'];
    const client = startLoggedBuild(lab, 'fail', all, ['--keep-going']);
    const text = startLoggedBuild(lab, 'fail', all, ['--keep-going'], { text: true });
    const following = follow(client, text);
    await following.lookToEnd();
    const rebuild = await client.over();
    expect(totalsOf(rebuild)).toMatchObject({ builds: 6, done: 1, ended: 0, failed: 4, dependents: 1 });
    expect(totalsOf(following.followed(client).rebuild)).toEqual(totalsOf(rebuild));
    expect(causesByName(rebuild)).toEqual({
      'bad-0.9': { kind: 'exit', code: 2 },
      'source-1': hash,
      'noout-1': noOutput,
      'nobuilder-1': { kind: 'exit', code: 1 },
    });
    const bad = rootCauses(rebuild, {}).find(({ cause }) => cause.kind === 'exit' && cause.code === 2);
    expect(bad?.lines.at(-1)).toBe('src/main.c:12:3: error: expected ;');
    expect(toldBothWays(await text.over())).toEqual(toldBothWays(rebuild));
  });

  test('every way to fail, alone: in the machine log, for people, and without a daemon', async () => {
    const started = ways.map(({ attribute, sandbox }) => {
      const words = sandbox === undefined ? [] : ['--option', 'sandbox', String(sandbox)];
      const start = (options: object) => startLoggedBuild(lab, 'fail', [attribute], words, options);
      return { json: start({}), text: start({ text: true }), direct: start({ direct: true }) };
    });
    const following = follow(...started.flatMap((one) => Object.values(one)));
    await following.lookToEnd();
    for (const [i, { attribute, causes, totals, exitCode }] of ways.entries()) {
      const one = started[i];
      if (one === undefined) throw new Error('not started');
      const [json, text, direct] = [await one.json.over(), await one.text.over(), await one.direct.over()];
      for (const rebuild of [json, text, direct])
        expect(causesByName(rebuild), attribute).toEqual(
          Object.fromEntries(
            Object.entries(causes).map(([name, cause]) => [name, expect.objectContaining(cause)]),
          ),
        );
      for (const rebuild of [json, direct]) expect(totalsOf(rebuild), attribute).toMatchObject(totals);
      expect([json.ended?.exitCode, direct.ended?.exitCode], attribute).toEqual([1, exitCode]);
      expect(toldBothWays(text), attribute).toEqual(toldBothWays(json));
    }
  });

  test('three levels down, while evaluating, and where the daemon is gone', async () => {
    const nobody = await addressOfNobody();
    const imported = `import (import ${lab.directory}/workloads/fail.nix).bad`;
    const fetched = `import (builtins.fetchTarball "${nobody}/x.tar.gz")`;
    const evaluate = (expression: string, text: boolean) => {
      const once = ['--option', 'download-attempts', '1'];
      return startLogged(lab, 'nix-build', ['--no-out-link', '-E', expression, ...once], { text });
    };
    const both = (start: (text: boolean) => Logged) => [start(false), start(true)];
    const deep = both((text) => startLoggedBuild(lab, 'logs', ['deep'], [], { text }));
    const ofImport = both((text) => evaluate(imported, text));
    const ofFetch = both((text) => evaluate(fetched, text));
    const gone = both((text) => startLoggedBuild(lab, 'logs', ['after'], [], { text }));
    const following = follow(...deep, ...ofImport, ...ofFetch, ...gone);
    await following.lookUntil('the builds whose worker is to go', () =>
      gone.every((client) => following.rebuild(client)?.running.size === 1),
    );
    const killed = gone.flatMap(({ nonce }) => buildsWithNonce(nonce));
    for (const { pid } of gone) {
      const worker = workerOf(pid);
      if (worker === null) throw new Error('no worker');
      signal(worker, 'SIGKILL');
    }
    await following.lookToEnd();
    // Nobody else does it.
    removeDirectories(killed);

    for (const client of deep) {
      const rebuild = await client.over();
      const above = [/-above-/, /-higher-/, /-deep-/].map((name) => expect.stringMatching(name));
      expect(rootCauses(rebuild, {})).toEqual([
        expect.objectContaining({
          cause: { kind: 'exit', code: 3 },
          dependents: expect.arrayContaining(above),
        }),
      ]);
      expect(totalsOf(rebuild)).toMatchObject({ builds: 5, failed: 1, dependents: 3, waiting: 0 });
    }
    // A build that failed is no error in the configuration, though that is where it is wanted.
    for (const client of ofImport)
      expect(causesByName(await client.over())).toEqual({ 'bad-0.9': { kind: 'exit', code: 2 } });
    for (const client of ofFetch)
      expect(causesByName(await client.over())).toMatchObject({
        nobody: { kind: 'network', cache: nobody, httpStatus: null, curlCode: 7 },
      });
    for (const client of gone) {
      const rebuild = await client.over();
      expect(causesByName(rebuild)).toEqual({ nobody: { kind: 'daemon-gone' } });
      expect(totalsOf(rebuild)).toMatchObject({ builds: 2, waiting: 1, ended: 1, done: 0, failed: 0 });
      for (const drv of rebuild.finished.keys()) rmSync(`${drv}.chroot`, { recursive: true, force: true });
    }
  });

  test("an evaluation that fails is nobody's build", async () => {
    const start = (expression: string, text = false) =>
      startLogged(lab, 'nix-build', ['--no-out-link', '-E', expression], { text });
    const thrown = `throw "not so: ${'$'}{(import ${lab.directory}/workloads/tools.nix).system}"`;
    const recursion = 'let x = x + 1; in derivation { name = "x"; builder = x; system = "y"; }';
    const missing = '(import ./nowhere.nix)';
    const clients = [thrown, recursion, missing].flatMap((one) => [start(one), start(one, true)]);
    await follow(...clients).lookToEnd();
    for (const [i, client] of clients.entries()) {
      const rebuild = await client.over();
      // A thrown text of Nix 2.8 is all there is in lines for people.
      const untold = i === 1 && !newest;
      const cause = untold ? { kind: 'unknown' } : { kind: 'evaluation', recursion: i === 2 || i === 3 };
      expect(rootCauses(rebuild, {})).toMatchObject([{ cause, drvs: [], dependents: [] }]);
      expect(totalsOf(rebuild)).toMatchObject({ builds: 0, failed: 0 });
    }
  });
}
