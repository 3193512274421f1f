/** A post-build-hook that does not come back, and programs that are none. */
import { describe, expect, test } from 'vitest';
import type { ProcessRaw } from '../../../src/model/sample.ts';
import { builder, client, daemon, process, worker } from '../../support/forest-raw.ts';
import { build, line, progress, result, start, stop } from '../../support/rebuild-log.ts';
import { asleepIn } from '../story.ts';
import { findIn, firstFound } from './found.ts';

const out = `/nix/store/${'b'.repeat(32)}-etc`;
const nar = 'https://good.example/nar/x.nar.xz';

/** Below the worker, in its session: a shell and what it waits for. */
const hook = (second: number, spec: Partial<ProcessRaw> = {}): readonly ProcessRaw[] => [
  process({
    pid: 400,
    ppid: 200,
    session: 200,
    comm: 'upload.sh',
    facts: { argv: ['/bin/sh', '-e', '/etc/nix/upload.sh'] },
    ...asleepIn('do_wait', second),
  }),
  process({
    pid: 401,
    ppid: 400,
    session: 200,
    comm: 'curl',
    startTime: 99_950,
    facts: { argv: ['curl', '--unix-socket', '/run/uploader.sock'] },
    ...asleepIn('unix_stream_read_generic', second),
    ...spec,
  }),
];
const nobodyElse = [daemon(), client(150), worker(200, 150)];
const begins = [
  build(1, 'etc'),
  stop(1),
  start(2, 110, "running post-build-hook '/etc/nix/upload.sh'", [out]),
  result(2, 107, 'Out Paths: …'),
];

describe('a hook that waits for a service that does not answer', () => {
  const scene = (second: number) => ({
    processes: [...nobodyElse, ...hook(second)],
    says: second === 0 ? begins : [],
  });

  test('is named within a minute, with its program and what it waits for', () => {
    expect(firstFound('post-build-hook', 120, scene)).toBe(60);
    const { texts, findings } = findIn('post-build-hook', 360, scene);
    expect(texts).toEqual([
      'post-build-hook of etc: upload.sh (400) waits for curl (401) in unix_stream_read_generic, blocks everything, 6 min',
    ]);
    expect(findings).toMatchObject([
      {
        subject: { kind: 'client', pid: 150 },
        level: 'warning',
        state: 'confirmed',
        found: { kind: 'hook-waits', blocks: true },
      },
    ]);
    expect(findIn('post-build-hook', 720, scene).findings[0]?.level).toBe('critical');
  });

  test('to kill a build is no way out', () => {
    const { remedies, model } = findIn('post-build-hook', 360, scene);
    expect(remedies).toEqual(['command kill 401', 'nix', 'advice']);
    expect(model.builds).toEqual([]);
  });

  test('the client waits for it, by name', () => {
    const { model } = findIn('post-build-hook', 360, scene);
    expect(model.verdicts).toMatchObject([
      { reason: { kind: 'wait', partner: { kind: 'post-build-hook', program: 'curl', pid: 401 } } },
    ]);
  });
});

test('beside other builds (Nix 2.35) it blocks nothing', () => {
  const { texts } = findIn('post-build-hook', 300, (second) => ({
    processes: [...nobodyElse, ...hook(second), builder(300, 200, 'other', { userTicks: second * 90 })],
    says:
      second === 0
        ? [...begins, start(8, 101, `downloading '${nar}'`, [nar])]
        : [progress(8, second * 1e6, 8e9, 0, 0)],
  }));
  expect(texts).toEqual([
    'post-build-hook of etc: upload.sh (400) waits for curl (401) in unix_stream_read_generic, 5 min',
  ]);
});

test('without its process nobody knows that it stands: no more than a warning', () => {
  const { findings } = findIn(
    'post-build-hook',
    720,
    (second) => ({ processes: nobodyElse, says: second === 0 ? begins : [] }),
    { everySec: 5 },
  );
  expect(findings).toMatchObject([{ level: 'warning', found: { process: null } }]);
});

test('without a log it is likely, and nobody says which hook', () => {
  const { texts, findings } = findIn('post-build-hook', 300, (second) => ({
    processes: [...nobodyElse, ...hook(second)],
  }));
  expect(texts[0]).toContain('likely: a program that Nix started and that is no build: upload.sh (400)');
  expect(findings).toMatchObject([{ subject: { kind: 'process', pid: 400 }, found: { hook: null } }]);
});

describe('nothing is wrong', () => {
  test.each([
    [
      'with a hook that uploads',
      (second: number) => ({
        processes: [...nobodyElse, ...hook(second, { userTicks: second * 20 })],
        says: second === 0 ? begins : [],
      }),
    ],
    [
      'with one that says lines',
      (second: number) => ({
        processes: nobodyElse,
        says: second === 0 ? begins : second % 20 === 0 ? [result(2, 107, `uploaded ${second}`)] : [],
      }),
    ],
    [
      'with one that is over in half a minute',
      (second: number) => ({
        processes: second < 30 ? [...nobodyElse, ...hook(second)] : nobodyElse,
        says: second === 0 ? begins : second === 30 ? [stop(2)] : [],
      }),
    ],
    [
      'where a worker copies over ssh',
      () => ({
        processes: [...nobodyElse, process({ pid: 400, ppid: 200, session: 200, comm: 'ssh' })],
      }),
    ],
    [
      'with a build',
      (second: number) => ({
        processes: [...nobodyElse, builder(300, 200, 'thing')],
        says: second === 0 ? [build(1, 'thing'), line(1, 'hello')] : [],
      }),
    ],
  ])('%s', (_, scene) => {
    expect(firstFound('post-build-hook', 700, scene, undefined, { everySec: 2 })).toBeNull();
  });

  test('and that is known', () => {
    expect(findIn('post-build-hook', 5, () => ({ processes: nobodyElse })).hypothesis.state).toBe('refuted');
    expect(findIn('post-build-hook', 5, () => ({ processes: [daemon()] })).hypothesis).toMatchObject({
      state: 'refuted',
      ground: { evidence: [{ field: 'clients', value: 0 }] },
    });
  });
});
