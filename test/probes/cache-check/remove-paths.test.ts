/** What is removed, and how: of a run that was killed what came while it ran, and nothing that is in use. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ok } from '../../../src/base/problem.ts';
import { broughtBy, removePaths } from '../../../src/probes/cache-check/remove-paths.ts';
import { createFakeSpawn } from '../../support/fake-spawn.ts';
import { realProbe } from '../../support/probe-context.ts';

const [app, lib] = ['app', 'lib'].map((name, at) => `/nix/store/${String(at).repeat(32)}-${name}`) as [
  string,
  string,
];

test('what came into the store while it ran; what was there before or came after is somebody’s', async () => {
  const path = mkdtempSync(join(tmpdir(), 'nixpulse-brought-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  const { birthtimeMs, ctimeMs } = statSync(path);
  const cameMs = birthtimeMs || ctimeMs;
  const paths = [path, `${path}-gone`];
  const { context } = realProbe();
  const of = (from: number, until: number) =>
    broughtBy({ fromMs: cameMs + from, untilMs: cameMs + until, paths }, context);
  expect(await of(-5000, 5000)).toEqual([path]);
  expect(await of(-60_000, -5000)).toEqual([]);
  expect(await of(5000, 60_000)).toEqual([]);
  // A clock that was set back while it ran.
  expect(await of(5000, -5000)).toEqual([]);
});

test('never against what keeps a path alive; one that is in use keeps no other', async () => {
  const there = new Set([app, lib]);
  const spawn = createFakeSpawn();
  spawn.onRun = () => ok({ exitCode: 0, signal: null, stdout: '', stderr: '' });
  spawn.onStream = (_, args) => {
    if (args.includes('--check-validity')) return { lines: [app, lib].filter((path) => !there.has(path)) };
    if (args.includes(lib)) return { exitCode: 1, lines: [`2>error: cannot delete path '${lib}'`] };
    there.delete(app);
    return {};
  };
  const { context } = realProbe();
  const left = await removePaths([lib, app], 1000, {}, { ...context, ports: { ...context.ports, spawn } });
  expect(left).toEqual([lib]);
  const removals = spawn.calls.map(({ args }) => args).filter((args) => args.includes('--delete'));
  expect(removals.map((args) => args.slice(args.indexOf('nix-store')))).toEqual([
    ['nix-store', '--delete', lib, app],
    ['nix-store', '--delete', app],
    ['nix-store', '--delete', lib],
  ]);
});

test('where the store cannot be asked all of it counts as left', async () => {
  const spawn = createFakeSpawn();
  spawn.onRun = () => ok({ exitCode: 0, signal: null, stdout: '', stderr: '' });
  spawn.onStream = () => ({ exitCode: 1, lines: ['2>error: cannot connect to socket'] });
  const { context } = realProbe();
  const ports = { ...context.ports, spawn };
  expect(await removePaths([lib, app], 1000, {}, { ...context, ports })).toEqual([lib, app]);
});
