/** The whole dashboard over a build that gets stuck: one line, the view, its pages, and a test that settles it. */
import { afterEach, expect, test } from 'vitest';
import { probe } from '../../../src/actions/probe.ts';
import { ok } from '../../../src/base/problem.ts';
import { runDashboard } from '../../../src/modes/dashboard/dashboard.tsx';
import { createProbes } from '../../../src/probes/run-probes.ts';
import type { Source } from '../../../src/samplers/source.ts';
import { around, asleepIn, shell } from '../../diagnose/story.ts';
import { createFakePorts } from '../../support/fake-ports.ts';
import { FakeProcess, FakeStdin, FakeStdout } from '../../support/fake-terminal.ts';
import { forest } from '../../support/forest-raw.ts';

const started: FakeProcess[] = [];
afterEach(() => {
  for (const process of started.splice(0)) process.emit('SIGTERM');
});

function start(columns: number, rows: number) {
  const ports = createFakePorts();
  const { clock } = ports;
  const beganMs = clock.monotonic();
  /** A build that opens a FIFO which nobody writes to. */
  const buildTree: Source = {
    id: 'buildTree',
    sample() {
      const atMs = clock.monotonic();
      const second = Math.floor((atMs - beganMs) / 1000);
      const value = forest(around([shell(asleepIn('wait_for_partner', second))]), {
        treeAtMs: atMs,
        residentAtMs: atMs,
        uptimeSec: 1000 + second,
      });
      return { forest: { ok: true, atMs, value } };
    },
    close() {},
  };
  let finish = () => {};
  const asked: (string | null)[] = [];
  const probes = createProbes(ports, {
    stateDirectory: undefined,
    loaders: {
      stack: async () => (subject) => {
        asked.push(subject);
        return new Promise((resolve) => {
          finish = () =>
            resolve(
              ok({
                places: [{ pid: 300, comm: 'bash', wchan: 'wait_for_partner', times: 20 }],
                samples: 20,
                stack: null,
              }),
            );
        });
      },
    },
  });
  const stdin = new FakeStdin();
  const stdout = new FakeStdout(columns, rows);
  const process = new FakeProcess();
  const code = runDashboard({
    clock,
    sources: [buildTree, probes.source],
    stdin,
    stdout,
    stderr: { write: () => true } as unknown as NodeJS.WritableStream,
    process,
    color: false,
    unicode: true,
    deps: {
      ports,
      probes,
      readForest: () => null,
      stateDirectory: '/state',
      user: 'root',
      actions: { probe },
    },
  });
  started.push(process);
  const screen = async () => {
    for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    return (await stdout.screen()).join('\n');
  };
  return {
    clock,
    code,
    asked,
    screen,
    finish: () => finish(),
    async type(keys: string) {
      stdin.write(keys);
      return screen();
    },
  };
}

test.each([
  [120, 40],
  [80, 24],
  [60, 12],
])('%ix%i', async (columns, rows) => {
  const { clock, screen, type, asked, finish, code } = start(columns, rows);
  await screen();
  clock.advance(60_000);
  expect(await screen()).not.toContain('[6]');
  clock.advance(90_000);
  expect(await screen()).toMatch(/STUCK +thing-1\.0 for/);
  const view = await type('6');
  expect(view).toMatch(/CRITICAL +thing-1\.0 is stuck/);
  expect(view).toContain('WHAT WAS FOUND');
  const why = await type('v');
  expect(why).toContain('WHY');
  expect(why).toContain('SPEAKS FOR IT');
  expect(await type('\x1b[F')).toContain('Enter see where a process sleeps: 300');
  await type('\r');
  expect(asked).toEqual(['300:99300']);
  clock.advance(3000);
  expect(await type('\x1b[F')).toMatch(/runs 0:0[1-3]/);
  finish();
  await screen();
  clock.advance(2000);
  expect(await type('\x1b[F')).toMatch(/bash \(300\) sleeps in\s+wait_for_partner,\s+each\s+time/);
  expect(await type('f')).toContain('WHAT HELPS');
  await type('\x1b');
  clock.advance(100);
  expect(await type('7')).toContain('thing-1.0 is stuck');
  await type('\x1b[21~');
  expect(await code).toBe(0);
});
