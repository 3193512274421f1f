import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { textColumns } from '../../src/base/text.ts';
import { diagnosisDocument } from '../../src/format/diagnosis-json.ts';
import { formatDiagnosis } from '../../src/format/diagnosis-text.ts';
import { snapshotDocument } from '../../src/format/json.ts';
import { ansiPaint } from '../../src/format/paint.ts';
import { shortageSentence } from '../../src/format/shortages.ts';
import type { Hypothesis } from '../../src/model/diagnosis/hypothesis.ts';
import type { Verdict } from '../../src/model/diagnosis/verdict.ts';
import { emptyModel } from '../../src/model/empty-model.ts';
import type { Model, Shortage } from '../../src/model/model.ts';
import { diagnosed } from '../support/diagnosed-model.ts';
import { expectGolden } from '../support/golden.ts';

beforeAll(() => {
  vi.stubEnv('TZ', 'UTC');
});
afterAll(() => {
  vi.unstubAllEnvs();
});

const sight = { fromMs: diagnosed.timeMs - 30 * 60_000, recorded: '/state/recordings', live: true };
const refutedGround = { state: 'refuted', untested: null, evidence: [] } as const;
const snapshotOf = (names: readonly string[]) => {
  const whole = snapshotDocument(diagnosed);
  return Object.fromEntries(names.map((name) => [name, whole[name]]));
};
const keyOf = (command: string) => (command === 'kill' ? 'k' : null);

describe('the text of a diagnosis', () => {
  it.each([
    ['120', { columns: 120 }],
    ['80', { columns: 80 }],
    ['60-ascii', { columns: 60, unicode: false }],
  ])('%s', (name, options) => {
    const text = formatDiagnosis(diagnosed, { ...sight, ...options, keyOf });
    for (const line of text.split('\n')) expect(textColumns(line)).toBeLessThanOrEqual(options.columns);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it must not leave
    if (name.endsWith('ascii')) expect(text).toMatch(/^[\x00-\x7f]*$/);
    expectGolden(`diagnosis-${name}`, text);
  });

  it('is the same with colours', () => {
    const plain = formatDiagnosis(diagnosed, { ...sight, columns: 100, keyOf });
    const coloured = formatDiagnosis(diagnosed, { ...sight, columns: 100, keyOf, color: ansiPaint });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what a paint adds
    expect(coloured.replace(/\x1b\[[\d;]*m/g, '').replace(/ +$/gm, '')).toBe(plain);
    expect(coloured).not.toBe(plain);
  });

  it('names a test that can be run as it is', () => {
    const hypotheses = diagnosed.hypotheses.map((one) =>
      one.id === 'store' ? { ...one, probes: ['verify-path', 'database'] as const } : one,
    );
    const text = formatDiagnosis({ ...diagnosed, hypotheses }, { ...sight, columns: 120, keyOf });
    expect(text).toMatch(/The store is damaged .* database$/m);
  });

  it('asks nothing where nothing runs, and says what nobody could see', () => {
    const nothing = { id: 'moving', answer: 'open', basis: { kind: 'nothing-runs' }, evidence: [] } as const;
    const steps = [{ ...nothing, next: null, hypotheses: [], findings: [] }];
    const calm: Model = {
      ...diagnosed,
      ...{ findings: [], verdicts: [], shortages: [], decision: { steps, at: 'moving' } },
    };
    expect(formatDiagnosis(calm, { ...sight, columns: 120, keyOf })).not.toContain('DECISION');
    expect(formatDiagnosis(diagnosed, { ...sight, columns: 120, keyOf })).toContain('DECISION PATH');
    const unprivileged = diagnosed.verdicts.map(
      (one): Verdict => ({ ...one, unseen: ['wchan', 'io', 'lines'] }),
    );
    const text = formatDiagnosis({ ...diagnosed, verdicts: unprivileged }, { ...sight, columns: 200, keyOf });
    expect(text).toContain(
      "Not seen here: where it sleeps and disk I/O (needs root, or the same user as the build's).",
    );
  });

  it('offers no test of a process that is not there, and says what is to be named', () => {
    const hypotheses = diagnosed.hypotheses.map((one): Hypothesis => {
      if (one.id === 'cache') return { ...one, probes: ['cache'] };
      return one.id === 'left-over' ? { ...one, probes: ['stack'] } : one;
    });
    const textOf = (builds: Model['builds']) =>
      formatDiagnosis({ ...diagnosed, hypotheses, builds }, { ...sight, columns: 120, keyOf });
    expect(textOf([])).toMatch(/A cache or the network .* cache:ADDRESS$/m);
    expect(textOf([])).toMatch(/Zombies and builds left over .* not watched for long enough$/m);
    expect(textOf(diagnosed.builds)).toMatch(/Zombies and builds left over .* stack:PID$/m);
  });

  it.each<[Partial<Shortage>, string]>([
    [
      { resource: 'cpu', cause: { kind: 'pressure', resource: 'cpu', line: 'some', percent: 66.4 } },
      'the CPUs cannot keep up for 5 min: something waits for one 66% of the time',
    ],
    [
      { resource: 'cpu', cause: { kind: 'pressure', resource: 'irq', line: 'full', percent: 9 } },
      'the CPUs cannot keep up for 5 min: everything waits for interrupts 9% of the time',
    ],
    [
      {
        resource: 'memory',
        cause: {
          kind: 'limit',
          resource: 'memory',
          line: 'some',
          percent: 40,
          cgroup: '/a/nix-daemon.service',
          limitBytes: 2 ** 33,
        },
      },
      'memory is short for 5 min: something waits for it 40% of the time; nix-daemon.service is at its limit of 8.0 GB',
    ],
    [
      { resource: 'io', cause: { kind: 'stall', device: null, stalledSec: null }, levelSinceMs: 300_000 },
      'disks cannot keep up: one has just stalled',
    ],
    [
      { resource: 'space', cause: { kind: 'inodes', path: '/nix', freeInodesPercent: 0.4 } },
      '/nix has 0% of its inodes free, for 5 min',
    ],
  ])('says plainly what is short: %o', (over, said) => {
    const shortage = { level: 'warning', sinceMs: 0, levelSinceMs: 0, ...over } as Shortage;
    expect(shortageSentence(shortage, 300_000)).toBe(said);
  });

  it('of nothing says so, and for how long it has looked', () => {
    const alone = { ...sight, recorded: null, fromMs: emptyModel.timeMs - 9000 };
    const text = formatDiagnosis(emptyModel, { ...alone, columns: 200, keyOf });
    expect(text).toContain('nothing found: nothing of Nix runs here');
    expect(text).toContain('Looked for 9 s, with no recording of the time before: signs older than that');
    const past = formatDiagnosis(emptyModel, { ...sight, live: false, columns: 200, keyOf });
    expect(past).toContain('Recorded: /state/recordings, from ');
  });
});

describe('where nothing asks to be mended', () => {
  const tooSoon = { state: 'untested', untested: { kind: 'time' }, evidence: [] } as const;
  const calm = (state: 'ok' | 'none', ground: Model['hypotheses'][number]['ground'] = refutedGround) => ({
    ...diagnosed,
    findings: state === 'none' ? [] : diagnosed.findings.map((one) => ({ ...one, level: 'ok' as const })),
    hypotheses: diagnosed.hypotheses.map((one) => (one.id === 'build' ? { ...one, ground } : one)),
  });
  const second = (model: Model, live = true) =>
    formatDiagnosis(model, { ...sight, live, columns: 120, keyOf })
      .split('\n')
      .slice(1, 3);

  it('what is worth knowing is not nothing', () => {
    expect(second(calm('ok'))[0]).toMatch(/^nothing to mend: /);
    expect(second(calm('none'))[0]).toMatch(/^nothing found: /);
  });

  it('a look that is too short for a stuck build says so, of a recording without advice', () => {
    const model = calm('none', tooSoon);
    expect(second(model)[0]).toMatch(/^nothing found so far: /);
    expect(second(model)[1]).toContain('takes minutes to show');
    expect(second(model, false)[1]).toBe('');
  });
});

describe('the JSON of a diagnosis', () => {
  it('has what was seen, the worst, and what probes brought', () => {
    const document = JSON.parse(JSON.stringify(diagnosisDocument(diagnosed, sight)));
    expect(document.seen).toMatchObject({ sec: 1800, recorded: '/state/recordings', live: true });
    const [first] = diagnosed.findings;
    expect(document.worst).toMatchObject({ finding: first?.id, level: first?.level });
    expect(document.findings).toHaveLength(diagnosed.findings.length);
    expect(document.findings[0].remedies.length).toBeGreaterThan(0);
    expect(document.hypotheses).toHaveLength(diagnosed.hypotheses.length);
    expect(document.decision.filter(({ here }: { here: boolean }) => here)).toHaveLength(1);
    expect(document.at).toBe(diagnosed.decision.at);
    // What evidence names is there to be looked up.
    expect(document).toMatchObject(snapshotOf(['health', 'filesystems', 'devices', 'places', 'logPath']));
    expect(document.probes).toHaveLength(diagnosed.probes.results.length);
    expect(document.probes[0]).toMatchObject({
      id: 'stack',
      ok: true,
      value: { samples: 20 },
      problem: null,
    });
  });

  it('of nothing is a document too', () => {
    const document = diagnosisDocument(emptyModel, { ...sight, recorded: null });
    expect(document).toMatchObject({ worst: null, at: null, findings: [], hypotheses: [], probes: [] });
  });
});
