/** What a fetch counts as its own, where the log, a plan or another process says more than is true. */
import { expect, test } from 'vitest';
import { ok } from '../../../src/base/problem.ts';
import { fetchPackage } from '../../../src/probes/cache-check/fetch-package.ts';
import { createFakeSpawn, type FakeStream } from '../../support/fake-spawn.ts';
import { realProbe } from '../../support/probe-context.ts';

const [app, lib, strange] = ['app', 'lib', 'firefox'].map(
  (name, at) => `/nix/store/${String(at).repeat(32)}-${name}`,
) as [string, string, string];

const copies = (path: string, from = 'http://nas') =>
  `2>@nix ${JSON.stringify({ action: 'start', id: 1, type: 100, fields: [path, from, 'daemon'] })}`;

interface Answers {
  readonly plan?: readonly string[];
  readonly invalid: readonly string[];
  readonly build: FakeStream;
}

async function fetched({ plan = [app, lib], invalid, build }: Answers) {
  const spawn = createFakeSpawn();
  spawn.onRun = () => ok({ exitCode: 0, signal: null, stdout: '', stderr: '' });
  spawn.onStream = (_, args) => {
    if (args.includes('--dry-run'))
      return {
        lines: ['these paths will be fetched:', ...plan.map((path) => `  ${path}`)].map((one) => `2>${one}`),
      };
    return args.includes('--check-validity') ? { lines: invalid } : build;
  };
  const { context } = realProbe();
  const planned: string[] = [];
  const { test: result, brought } = await fetchPackage(
    {
      ...{
        package: 'app',
        path: app,
        large: false,
        local: 'http://nas',
        having: [],
        ms: 1000,
        environment: {},
      },
      plan: async (paths) => void planned.push(...paths),
    },
    { ...context, ports: { ...context.ports, spawn } },
  );
  const built = spawn.calls.some(({ args }) => args.includes('build'));
  return { result, brought, planned, built };
}

test('it has brought what the store lacked before, whatever the log says of others', async () => {
  const { result, brought, planned } = await fetched({
    invalid: [app],
    build: { lines: [copies(strange), copies(lib), copies(app)] },
  });
  expect({ brought, planned }).toEqual({ brought: [app], planned: [app] });
  expect(result).toMatchObject({ state: 'hit', fetched: 3 });
});

test('what is planned and no path of the store is asked for and removed by nobody', async () => {
  const { planned, brought } = await fetched({
    plan: [app, '/nix/store/--delete', '/etc/passwd'],
    invalid: [app, '/etc/passwd'],
    build: { lines: [copies('/etc/passwd'), copies(app)] },
  });
  expect({ brought, planned }).toEqual({ brought: [app], planned: [app] });
});

test('what somebody else has fetched since it was planned is not fetched, and stays', async () => {
  const { result, brought, built } = await fetched({ invalid: [lib], build: { lines: [copies(app)] } });
  expect({ brought, built }).toEqual({ brought: [], built: false });
  expect(result).toMatchObject({ state: 'untested', untested: 'all-present' });
});
