/** `nixpulse guard simulate` as it is called: over the demo, over recordings that are made, and over what is none. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, test } from 'vitest';
import { runGuardSimulate } from '../../../src/modes/guard/simulate.ts';
import type { Given } from '../../../src/modes/mode.ts';
import { play } from '../../guard/world.ts';
import { worlds } from '../../guard/worlds.ts';
import { createFakeOwnFiles } from '../../support/fake-own-files.ts';
import { demoFile } from '../../support/recorded-screen.tsx';
import { writeRecording } from '../../support/write-recording.ts';

const directory = mkdtempSync(join(tmpdir(), 'nixpulse-simulate-'));
afterAll(() => rmSync(directory, { recursive: true }));

interface Called {
  readonly json?: boolean;
  readonly columns?: number;
  /** Text of the settings. */
  readonly config?: string;
}

async function called(operand: string, { json = false, columns = 100, config }: Called = {}) {
  let out = '';
  let error = '';
  const given = {
    invocation: { operand, json, config: config === undefined ? null : '/c.toml', threshold: {} },
    look: { unicode: true, color: false },
    environment: { HOME: directory },
    ports: {
      clock: { after: (_ms: number, then: () => void) => setImmediate(then) },
      native: { uid: 0 },
      ownFiles: createFakeOwnFiles(config === undefined ? {} : { '/c.toml': config }),
    },
    process: { stdin: {}, stdout: { columns, isTTY: false }, stderr: { isTTY: false } },
    countPending: () => {},
    complain: (text: string) => {
      error += `${text}\n`;
    },
    write: (text: string) => {
      out += text;
      return Promise.resolve();
    },
  } as unknown as Given;
  return { code: await runGuardSimulate(given), out, error };
}

async function recorded(name: keyof typeof worlds): Promise<string> {
  const path = join(directory, name);
  const { world, seconds } = worlds[name];
  await writeRecording(path, play(world, Math.min(300, seconds), 'nobody').samples);
  return path;
}

describe('over a leak of 500 MB/s', () => {
  it('says when, by which figures, and what it would have cost', async () => {
    const { code, out, error } = await called(await recorded('leak'), { columns: 200 });
    expect(error).toBe('');
    expect(code).toBe(0);
    const [head, , openLoop, , first, below] = out.split('\n');
    expect(head).toMatch(
      /^2026-11-\d\d \d\d:00:00 to \d\d:05:00, 5 min, 301 looks; by the settings of a fresh install$/,
    );
    expect(openLoop).toMatch(/^Each act is taken to be done and to change nothing/);
    // Gone at 93 s, by the kernel.
    expect(first).toMatch(
      /^\d\d:01:2\d {2}would pause leaky: memory of one build \d\d%, limit 25%, for 2 seconds$/,
    );
    expect(below).toMatch(/^ +leaky, 8\d s old, \d\d s of CPU seen, holds \d+\.\d GB: nothing lost$/);
    expect(out.trimEnd().split('\n').at(-1)).toMatch(/^\d+ acts?: .*1 pause.*, no work lost\.$/);
  });

  it('is one document for programs', async () => {
    const { out } = await called(join(directory, 'leak'), { json: true });
    const document = JSON.parse(out);
    expect(document).toMatchObject({ version: 1, looks: 301, settings: [] });
    expect(document.acts[0]).toMatchObject({
      ...{ rule: 'leak', action: 'pause', names: ['leaky'], limit: 25, unit: 'percent', after: false },
      held: [{ name: 'leaky' }],
      lost: [],
    });
    expect(document.acts[0].value).toBeGreaterThan(25);
  });

  it('goes by the settings that are named, and by none that are wrong', async () => {
    const path = join(directory, 'leak');
    const { out } = await called(path, {
      config: '[guard.rules.leak]\nenabled = false\n[guard.rules.memory]\nenabled = false\n',
    });
    expect(out).toMatch(/by \/c\.toml\n/);
    expect(out).toContain('no act: nothing tripped a rule.');
    const wrong = await called(path, { config: '[guard.rules.leek]\n' });
    expect(wrong).toMatchObject({ code: 2, out: '' });
    expect(wrong.error).toMatch(/c\.toml:1: .*leek/);
  });

  it('fits into a narrow terminal', async () => {
    const { out } = await called(join(directory, 'leak'), { columns: 60 });
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
  });
});

test('over healthy building: no act', async () => {
  const { code, out } = await called(await recorded('link'));
  expect(code).toBe(0);
  expect(out).toContain('no act: nothing tripped a rule.');
  expect(out).not.toContain('Each act');
});

test('over the demo: the build that eats memory would have been paused, before it was short', async () => {
  const { code, out } = await called(demoFile, { json: true });
  expect(code).toBe(0);
  const { acts } = JSON.parse(out) as { acts: readonly Record<string, unknown>[] };
  expect(acts[0]).toMatchObject({ action: 'pause', names: ['webkitgtk-2.46.1'], lost: [], after: false });
  // Whatever stands behind it is only what would have come if that had changed nothing.
  expect(acts.slice(1).every(({ after }) => after === true)).toBe(true);
});

test('what is no recording: 2, and a word why', async () => {
  const file = join(directory, 'x.nixpulse');
  writeFileSync(file, 'no recording');
  for (const path of [file, join(directory, 'nowhere')]) {
    const { code, out, error } = await called(path);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(error).not.toBe('');
  }
});
