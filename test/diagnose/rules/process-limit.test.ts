/** Limits of processes and open files: near, met, and far. */
import { describe, expect, test } from 'vitest';
import type { HealthRaw } from '../../../src/model/diagnosis/health.ts';
import { daemon } from '../../support/forest-raw.ts';
import { build, error, line, stop } from '../../support/rebuild-log.ts';
import { findIn } from './found.ts';

const health = (
  spec: Partial<NonNullable<HealthRaw['daemon']>> = {},
  open = 9000,
  kernel: Partial<HealthRaw['kernel']> = {},
): HealthRaw => ({
  kernel: {
    panicOnOom: 0,
    overcommitMemory: 0,
    hungTasks: 0,
    pidMax: 4_194_304,
    threadsMax: 250_000,
    threads: 1800,
    filesOpen: open,
    filesMax: 800_000,
    ...kernel,
  },
  devices: [],
  filesystems: [],
  memoryErrors: null,
  daemon: {
    pid: 100,
    oomScoreAdj: 0,
    openFilesMax: 1_048_576,
    openFiles: 200,
    processesMax: 125_000,
    tasksMax: 1_048_576,
    tasks: 300,
    ...spec,
  },
});
const with_ =
  (raw: HealthRaw, says: readonly object[] = []) =>
  (second: number) => ({
    processes: [daemon()],
    parts: { health: { ok: true as const, atMs: 1_000_000, value: raw } },
    ...(second === 0 && { says }),
  });

describe('near a limit', () => {
  test.each([
    [
      health({ tasks: 460, tasksMax: 500 }),
      'tasks of the daemon (TasksMax) are nearly used up: 460 of 500',
      'warning',
    ],
    [
      health({ tasks: 499, tasksMax: 500 }),
      'tasks of the daemon (TasksMax) are nearly used up: 499 of 500',
      'critical',
    ],
    [
      health({ openFiles: 990, openFilesMax: 1024 }),
      'open files of the daemon are nearly used up: 990 of 1024',
      'warning',
    ],
    [
      health({}, 790_000),
      'open files of the machine (fs.file-max) are nearly used up: 790k of 800k',
      'critical',
    ],
    [
      health({}, 9000, { pidMax: 32_768, threads: 30_000 }),
      'process ids (kernel.pid_max) are nearly used up: 30.0k of 32.8k',
      'warning',
    ],
    [
      health({}, 9000, { threads: 249_000 }),
      'threads (kernel.threads-max) are nearly used up: 249k of 250k',
      'critical',
    ],
  ])('%#', (raw, text, level) => {
    const { texts, findings, remedies } = findIn('process-limit', 1, with_(raw));
    expect(texts).toEqual([text]);
    expect(findings).toMatchObject([{ level, state: 'confirmed' }]);
    expect(remedies[0]).toBe(text.startsWith('threads') ? 'advice' : 'nix');
  });

  test.each([
    ['far from both', { pidMax: 32_768, threads: 20_000 }],
    ['not known', { pidMax: 32_768, threads: null }],
    ['of another namespace of pids', { pidMax: 1000, threads: 20_000 }],
  ])('no threads: %s', (_, kernel) => {
    expect(findIn('process-limit', 1, with_(health({}, 9000, kernel))).findings).toEqual([]);
  });
});

describe('met, as a log says', () => {
  const drv = `/nix/store/${'a'.repeat(32)}-make-1.0.drv`;
  const failing = (said: string, raw: HealthRaw) =>
    findIn(
      'process-limit',
      1,
      with_(raw, [
        build(1, 'make-1.0'),
        line(1, said),
        error(`builder for '${drv}' failed with exit code 2`),
        stop(1),
      ]),
    );

  test.each([
    ['bash: fork: retry: Resource temporarily unavailable', health(), 'user-processes'],
    [
      'bash: fork: retry: Resource temporarily unavailable',
      health({}, 9000, { pidMax: 32_768, threads: 29_000 }),
      'processes',
    ],
    ['bash: fork: Resource temporarily unavailable', health({ tasks: 4000, tasksMax: 4915 }), 'tasks'],
    ['error: opening file: Too many open files', health(), 'daemon-files'],
    ['cp: cannot open: Too many open files in system', health(), 'machine-files'],
  ])('%s', (said, raw, what) => {
    const { findings } = failing(said, raw);
    expect(findings).toMatchObject([
      { state: 'likely', found: { kind: 'process-limit', what, said: true, build: 'make-1.0' } },
    ]);
  });

  test('what the daemon has open is not what the build had', () => {
    expect(failing('error: opening file: Too many open files', health()).findings).toMatchObject([
      { found: { used: null, limit: null } },
    ]);
  });

  test('a socket that is not ready is none', () => {
    expect(failing('read: Resource temporarily unavailable', health()).findings).toEqual([]);
  });
});

describe('what is known', () => {
  test.each([
    [health(), 'refuted'],
    // Of another user's daemon only root sees what it has open.
    [health({ openFiles: null }), 'unlikely'],
    [health({ tasksMax: null, tasks: null }), 'refuted'],
    // There is a limit, and how much of it is used could not be read.
    [health({ tasks: null }), 'unlikely'],
  ])('%#', (raw, state) => {
    expect(findIn('process-limit', 1, with_(raw)).hypothesis.state).toBe(state);
  });
  test('before it was read', () => {
    expect(findIn('process-limit', 1, () => ({ processes: [daemon()] })).hypothesis.state).toBe('untested');
  });
});
