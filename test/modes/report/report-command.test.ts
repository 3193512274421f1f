import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { defaultFlags, type Invocation } from '../../../src/cli/table.ts';
import type { Given } from '../../../src/modes/mode.ts';
import { runReportMode } from '../../../src/modes/report.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { createOwnFiles } from '../../../src/platform/own-files.ts';
import { createFakePorts } from '../../support/fake-ports.ts';
import { demoFile } from '../../support/recorded-screen.tsx';

async function run(over: Partial<Invocation> = {}) {
  const home = mkdtempSync(join(tmpdir(), 'nixpulse-report-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const said: string[] = [];
  let text = '';
  const process = Object.assign(new EventEmitter(), {
    stdin: { isTTY: false },
    stderr: { isTTY: false, write: () => true },
    stdout: {},
  });
  const fake = createFakePorts({ native: { uid: 1000 } });
  const given = {
    invocation: { ...defaultFlags, command: 'report', operand: demoFile, ...over },
    ports: { ...fake, clock: systemClock, ownFiles: createOwnFiles({ clock: systemClock }) },
    ...{ process, look: { color: false, unicode: true, console: false }, version: '0.0.0' },
    environment: { HOME: home },
    complain: (line: string) => void said.push(line),
    write: async (more: string) => {
      text += more;
    },
    countPending: () => {},
  } as unknown as Given;
  const code = await runReportMode(given);
  return { code, said, text, home };
}

describe('nixpulse report', () => {
  it('prints Markdown of a recording, or data', async () => {
    const { code, text, said } = await run();
    expect([code, said]).toEqual([0, []]);
    expect(text).toMatch(/^# Incident report: lab, 2026-11-29\n/);
    const data = await run({ json: true });
    expect(JSON.parse(data.text)).toMatchObject({ version: 1, chosenBy: 'incident' });
  });

  it('writes it into a file, whole and for its owner', async () => {
    const { home } = await run();
    const output = join(home, 'incident.md');
    const { code, text } = await run({ output });
    expect([code, text]).toEqual([0, '']);
    expect(readFileSync(output, 'utf8')).toMatch(/^# Incident report/);
    expect(statSync(output).mode & 0o777).toBe(0o600);
  });

  it('ends with 3 where the file may not be written', async () => {
    // Nobody makes files in sysfs, root neither.
    const { code, said } = await run({ output: '/sys/nixpulse.md' });
    expect(code).toBe(3);
    expect(said.join()).toMatch(/^\/sys\/nixpulse\.md: cannot be written/);
  });

  it('says which file cannot be written', async () => {
    const { code, said } = await run({ output: '/proc/self/nixpulse.md' });
    expect(code).toBe(1);
    expect(said.join()).toMatch(/^\/proc\/self\/nixpulse\.md: cannot be written/);
  });

  it('of what is not there says so, and of one’s own how to get it', async () => {
    const gone = await run({ operand: '/nowhere' });
    expect(gone).toMatchObject({
      code: 2,
      said: [expect.stringMatching(/^no recording to report of: \/nowhere: /)],
    });
    const none = await run({ operand: null });
    expect(none).toMatchObject({ code: 2, said: [expect.stringMatching(/nothing is recorded yet/)] });
  });

  it.each([
    [{ from: 'yesterday' }, /option '--from': a time is/],
    [{ until: '25:00' }, /option '--to': there is no such time of day/],
    [{ from: '-30s', until: '-60s' }, /option '--to': it lies before --from/],
  ])('%j is refused in one line', async (over, message) => {
    const { code, said } = await run(over);
    expect(code).toBe(2);
    expect(said).toEqual([expect.stringMatching(message)]);
  });

  it('begins and ends where it is told to', async () => {
    const { text } = await run({ from: '-30s', json: true });
    const { span, chosenBy } = JSON.parse(text);
    expect(chosenBy).toBe('asked');
    expect(span.toMs - span.fromMs).toBeLessThan(40_000);
  });
});
