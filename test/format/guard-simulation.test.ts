import { expect, test } from 'vitest';
import { formatSimulation, simulationDocument } from '../../src/format/guard-simulation.ts';
import { ansiPaint } from '../../src/format/paint.ts';
import type { GuardAct } from '../../src/model/guard/guard.ts';
import type { Simulated, SimulatedAct } from '../../src/model/guard/simulated.ts';

const atMs = new Date(2026, 10, 20, 3, 28, 14).getTime();
const act = (over: Partial<GuardAct> = {}): GuardAct => ({
  ...{
    atMs,
    rule: 'memory',
    action: 'pause',
    names: ['firefox-130.0'],
    value: 34,
    limit: 20,
    unit: 'percent',
  },
  ...{ heldSec: 5, evidence: [], dryRun: true, status: null, summary: null },
  ...over,
});
const target = { name: 'firefox-130.0', ageSec: 720, cpuSec: 2460, residentBytes: 6.2 * 2 ** 30 };
const simulated = (...acts: readonly SimulatedAct[]): Simulated => ({
  ...{ looks: 1810, fromMs: atMs - 960_000, toMs: atMs + 840_000, acts },
});
const paused: SimulatedAct = { act: act(), held: [target], lost: [], after: false };
const killed: SimulatedAct = {
  act: act({ action: 'kill', atMs: atMs + 15_000 }),
  held: [],
  lost: [target],
  after: true,
};

test('each act with its time, figures and what it would have cost', () => {
  expect(formatSimulation(simulated(paused, killed), { columns: 120, files: [] }).split('\n')).toEqual([
    '2026-11-20 03:12:14 to 03:42:14, 30 min, 1810 looks; by the settings of a fresh install',
    '',
    'Each act is taken to be done and to change nothing, unless the recording shows it: what stands indented would have come',
    'only if those before it had not helped.',
    '',
    '03:28:14  would pause firefox-130.0: memory pressure 34%, limit 20%, for 5 seconds',
    '            firefox-130.0, 12 min old, 41 min of CPU seen, holds 6.2 GB: nothing lost',
    '03:28:29      would kill firefox-130.0: memory pressure 34%, limit 20%, for 5 seconds',
    '                firefox-130.0, 12 min old, 41 min of CPU seen, holds 6.2 GB: lost',
    '',
    '2 acts: 1 pause and 1 kill; where the first of each trouble helps, no work lost.',
  ]);
});

test('work that the first act of a trouble loses is counted', () => {
  const text = formatSimulation(simulated({ ...killed, after: false }), {
    columns: 100,
    files: ['/etc/nixpulse/config.toml'],
  });
  expect(text).toContain('by /etc/nixpulse/config.toml');
  expect(text).toContain('1 act: 1 kill; where the first of each trouble helps, 12 min of work lost.');
});

test('without an act, and without a look', () => {
  expect(formatSimulation(simulated(), { columns: 100, files: [] })).toMatch(
    /\nno act: nothing tripped a rule\.$/,
  );
  const nothing: Simulated = { looks: 0, fromMs: null, toMs: null, acts: [] };
  expect(formatSimulation(nothing, { columns: 100, files: [] })).toMatch(/^nothing to look at/);
});

test('what is not known is left out, and names draw nothing', () => {
  const unknown = { name: 'a\u001b[2J\nb', ageSec: null, cpuSec: 0, residentBytes: null };
  const text = formatSimulation(
    simulated({ ...paused, act: act({ names: ['a\u001b[2J\nb'] }), held: [unknown] }),
    {
      ...{ columns: 100, files: ['x\u001b[31m'] },
    },
  );
  expect(text).not.toContain('\u001b');
  expect(text.split('\n')).toHaveLength(9);
});

test('what ends builds looks like it, and colour says nothing alone', () => {
  const given = { columns: 100, files: [] };
  const coloured = formatSimulation(simulated(paused, killed), { ...given, color: ansiPaint });
  expect(coloured).toContain('\u001b[1;31mwould kill');
  expect(coloured).toContain('\u001b[33mwould pause');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is tested
  expect(coloured.replaceAll(/\u001b\[[\d;]*m/g, '')).toBe(
    formatSimulation(simulated(paused, killed), given),
  );
});

test('a document has what programs count with', () => {
  const document = simulationDocument(simulated(paused, killed), { files: [] });
  expect(document).toMatchObject({ version: 1, looks: 1810, settings: [] });
  expect(document.acts[1]).toMatchObject({ rule: 'memory', action: 'kill', after: true, lost: [target] });
  expect(document.acts[0]).not.toHaveProperty('dryRun');
});
