import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { defaultFlags, type Invocation } from '../../../src/cli/table.ts';
import type { Given } from '../../../src/modes/mode.ts';
import { keepStatusReport } from '../../../src/modes/report/keep-status.ts';
import { createFakePorts, settled } from '../../support/fake-ports.ts';
import { journalEntry } from '../../support/journal-entry.ts';

function start(over: Partial<Invocation> = {}) {
  const ports = createFakePorts({ tree: { '/proc/meminfo': 'MemTotal: 1024 kB\nMemAvailable: 512 kB\n' } });
  const said: string[] = [];
  const process = Object.assign(new EventEmitter(), {
    stdin: { isTTY: false },
    stderr: { isTTY: false, write: () => true },
    stdout: {},
  });
  const invocation: Invocation = {
    ...defaultFlags,
    ...{ command: 'report', operand: null, every: 300, output: '/status.md', logs: false, dir: '/none' },
    ...over,
  };
  const given = {
    ...{ invocation, ports, process, look: { color: false, unicode: true, console: false } },
    ...{ environment: { HOME: '/home/ada' }, version: '0.0.0' },
    complain: (line: string) => void said.push(line),
    write: async () => {},
    countPending: () => {},
    started: () => {},
  } as unknown as Given;
  const code = keepStatusReport(given, invocation.every ?? 300);
  /** Until `done`, or so many seconds are over. */
  async function pass(sec: number, done: () => boolean = () => false): Promise<void> {
    // What is loaded when it is needed takes time of its own.
    await vi.waitFor(() => expect(said.length).toBeGreaterThan(0), 20_000);
    for (let half = 0; half < sec * 2 && !done(); half += 1) {
      for (let turn = 0; turn < 5; turn += 1) await settled();
      ports.clock.advance(500);
    }
    for (let turn = 0; turn < 5; turn += 1) await settled();
  }
  const written = () => ports.ownFiles.texts.get('/status.md') ?? null;
  return { ports, process, said, code, pass, written };
}

describe('report --every', { timeout: 60_000 }, () => {
  it('writes soon, again when its time is over, and ends at Ctrl-C', async () => {
    const { process, said, code, pass, written } = start({ every: 60 });
    await pass(30, () => written() !== null);
    const first = written();
    expect(first).toMatch(/^# Status report: /);
    await pass(40);
    expect(written()).toBe(first);
    await pass(40, () => written() !== first);
    expect(written()).not.toBe(first);
    process.emit('SIGINT');
    await pass(2);
    expect(await code).toBe(130);
    expect(said).toEqual(['keeping the status in /status.md, every 60 s; Ctrl-C ends it']);
  });

  it('tells of a file that cannot be written once, and goes on', async () => {
    const { ports, process, said, code, pass } = start({ every: 10 });
    ports.ownFiles.replace = async (path) => ({ ok: false, problem: { kind: 'denied', where: path } });
    await pass(30);
    expect(said.filter((line) => /cannot be written/.test(line))).toHaveLength(1);
    process.emit('SIGTERM');
    await pass(2);
    expect(await code).toBe(130);
  });

  it('has what is done meanwhile by commands, and is JSON where that is asked for', async () => {
    const { ports, process, code, pass, written } = start({ every: 10, json: true });
    await pass(15, () => written() !== null);
    const time = new Date(ports.clock.now()).toISOString();
    const entry = JSON.stringify(journalEntry({ time }));
    ports.ownFiles.texts.set('/home/ada/.local/state/nixpulse/journal.jsonl', `${entry}\n`);
    await pass(15);
    process.emit('SIGINT');
    await pass(2);
    await code;
    const document = JSON.parse(written() ?? '');
    expect(document.chosenBy).toBe('status');
    const kinds = document.timeline.map(({ what }: { what: { kind: string } }) => what.kind);
    expect(kinds.filter((kind: string) => kind === 'action')).toHaveLength(1);
  });
});
