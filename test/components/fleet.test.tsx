import { renderToString } from 'ink';
import { describe, expect, it, test } from 'vitest';
import { Fleet } from '../../components/fleet/fleet.tsx';
import { fail, ok } from '../../src/base/problem.ts';
import { textColumns, withoutEscapes } from '../../src/base/text.ts';
import { deriveFleet } from '../../src/model/fleet/derive-fleet.ts';
import { pressFleet } from '../../src/state/fleet/fleet-keys.ts';
import { answered, asked, createFleetState, type FleetState } from '../../src/state/fleet/fleet-state.ts';
import { answersOf, everyState, now } from '../support/fleet-answers.ts';
import { expectGolden } from '../support/golden.ts';
import { visible } from './render-screen.tsx';

const sizes = [
  { columns: 120, rows: 40 },
  { columns: 80, rows: 24 },
  { columns: 60, rows: 15 },
  { columns: 40, rows: 8 },
];
interface Size {
  readonly columns: number;
  readonly rows: number;
  readonly unicode?: boolean;
  readonly color?: boolean;
}

const draw = (state: FleetState) =>
  renderToString(<Fleet state={state} />, { columns: state.terminal.columns });
const begun = ({ columns, rows, unicode = true, color = false }: Size) =>
  createFleetState({ columns, rows, unicode, color, console: false }, 'mon.example.org:9090', 0);
const shown = (size: Size, answers = everyState) => answered(begun(size), ok(deriveFleet(answers)), 0);
const later = (state: FleetState, nowMs: number) => ({ ...state, nowMs });
const press = (state: FleetState, ...names: string[]) =>
  names.reduce((before, name) => pressFleet(before, name).state, state);

/** Never wider or higher than the terminal. */
function expectFits(frame: string, { columns, rows }: Size): void {
  const lines = frame.split('\n');
  expect(lines).toHaveLength(rows);
  for (const line of lines) expect(textColumns(withoutEscapes(line))).toBeLessThanOrEqual(columns);
}

describe.each(sizes)('at $columns x $rows', (size) => {
  const golden = (name: string, state: FleetState) => {
    const frame = draw(state);
    expectFits(frame, size);
    expectGolden(`fleet-${name}-${size.columns}x${size.rows}`, visible(frame));
  };

  it('shows every state', () => golden('states', later(shown(size), 7000)));
  it('keeps what it has where there is nothing newer', () => {
    const problem = fail('exhausted', 'mon.example.org:9090', 'it is not ready to answer (HTTP 503)');
    golden('old', answered(asked(press(shown(size), 'down', 'down', 'down'), 60_000), problem, 83_000));
  });
  it('filters', () => golden('filter', later(press(shown(size), '/', ...'web'), 3000)));
  it('has help', () => golden('help', press(shown(size), '?')));
});

test('without Unicode, and in colours', () => {
  const size = { columns: 80, rows: 25 };
  expectGolden('fleet-states-80x25-ascii', visible(draw(shown({ ...size, unicode: false }))));
  expectGolden('fleet-states-80x25-color', visible(draw(press(shown({ ...size, color: true }), 'down'))));
});

test('before there is an answer, and where there is none', () => {
  const size = { columns: 80, rows: 24 };
  const asking = later(asked(begun(size), 0), 4000);
  expect(draw(asking)).toMatch(/asking for 4\.0s[\s\S]*Asking mon\.example\.org:9090…/);
  const failed = answered(
    asking,
    fail('denied', 'mon.example.org:9090', 'it wants another token or password (HTTP 401)'),
    5000,
  );
  expect(draw(failed)).toMatch(
    /mon\.example\.org:9090: it wants another token or password \(HTTP 401\)\n[\s\S]*No answer yet/,
  );
  expect(draw(shown(size, answersOf({})))).toContain(
    'no machine: this Prometheus has no metrics of nixpulse export',
  );
  expect(draw(press(shown(size), '/', 'x', 'y'))).toContain('No machine matches xy.');
  expect(draw(shown(size, answersOf({ told: [now('a:1')] }, false)))).toContain(
    'no rules of nixpulse are loaded there',
  );
});

test('names of others cannot draw on the screen', () => {
  const size = { columns: 80, rows: 24 };
  const evil = '\u001b[2Jevil\n\u202e';
  const frame = draw(
    shown(
      size,
      answersOf({
        told: [now(evil)],
        findings: [[evil, { hypothesis: evil, kind: evil, level: evil, state: evil }, 1]],
        pressure: [[evil, { resource: evil }, 2]],
        alerts: [[evil, { alertname: evil, severity: evil }, 1]],
      }),
    ),
  );
  expectFits(frame, size);
  for (const sign of ['\u001b[2J', '\u202e']) expect(frame).not.toContain(sign);
});
