import { describe, expect, test } from 'vitest';
import { problem } from '../../../src/base/problem.ts';
import type { ProbeResult } from '../../../src/model/diagnosis/probe.ts';
import type { ProbeRunner, ProbeStart } from '../../../src/model/diagnosis/probe-runner.ts';
import { type RunWantedOptions, runWanted } from '../../../src/modes/diagnose/run-wanted.ts';
import { diagnosed } from '../../support/diagnosed-model.ts';

function setUp(answer?: (id: string) => ProbeStart) {
  const said: string[] = [];
  const ran: string[] = [];
  const cancelled: string[] = [];
  let interrupt = () => {};
  const resultOf = (id: string, subject: string | null) =>
    ({
      ...{ id, subject, startedMs: 0, endedMs: 1000, ok: false },
      problem: problem('denied', 'it', 'needs root'),
    }) as unknown as ProbeResult;
  const runner: ProbeRunner = {
    running: [],
    run(id, subject, options) {
      ran.push(`${id} ${subject}`);
      options?.onProgress?.('half of it');
      return answer?.(id) ?? { ok: true, done: Promise.resolve(resultOf(id, subject)) };
    },
    cancel(id) {
      cancelled.push(id);
      return true;
    },
  };
  const io: RunWantedOptions['io'] = {
    say: (line) => void said.push(line),
    draw: null,
    onInterrupt(call) {
      interrupt = call;
      return () => {};
    },
  };
  const run = (asked: RunWantedOptions['asked'], readOnly = false) =>
    runWanted(diagnosed, { runner, asked, readOnly, io });
  return { said, ran, cancelled, run, interrupt: () => interrupt() };
}

describe('probes with a diagnosis', () => {
  test('named ones run in their order, about what was named or what was found', async () => {
    const { ran, run, said } = setUp();
    const asked = [
      { probe: 'smart', subject: 'sda' },
      { probe: 'read-speed', subject: null },
    ] as const;
    expect(await run(asked)).toBe(true);
    expect(ran).toEqual(['smart sda', 'read-speed dm-0']);
    expect(said[0]).toBe('nixpulse: ask the disk about itself (SMART): sda (a second)');
    expect(said[1]).toMatch(/^nixpulse: ask the disk about itself \(SMART\): sda: .*needs root/);
  });

  test('without names those that settle what is open and need no question', async () => {
    const { ran, run } = setUp();
    expect(await run(true)).toBe(true);
    expect(ran.length).toBeGreaterThan(1);
    for (const one of ran) expect(one).not.toMatch(/verify-store|bad-blocks|evaluation|bisection/);
    expect(new Set(ran).size).toBe(ran.length);
  });

  test('one that is refused says why, and the next one runs', async () => {
    const { run, said, ran } = setUp((id) =>
      id === 'cache'
        ? { ok: false, refusal: { kind: 'subject', wants: 'cache' } }
        : { ok: true, done: Promise.resolve(null) },
    );
    const asked = [
      { probe: 'cache', subject: null },
      { probe: 'units', subject: null },
    ] as const;
    await run(asked);
    expect(said[0]).toBe('nixpulse: ask the cache: it takes the address of a cache: --probe=cache:ADDRESS');
    expect(ran).toHaveLength(2);
  });

  test('Ctrl-C ends the one that runs, and none follows', async () => {
    const { promise, resolve } = Promise.withResolvers<null>();
    const { run, ran, cancelled, interrupt } = setUp(() => ({ ok: true, done: promise }));
    const asked = [
      { probe: 'units', subject: null },
      { probe: 'smart', subject: 'sda' },
    ] as const;
    const finished = run(asked);
    interrupt();
    resolve(null);
    expect(await finished).toBe(false);
    expect(cancelled).toEqual(['units']);
    expect(ran).toEqual(['units null']);
  });
});
