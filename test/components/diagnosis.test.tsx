import { describe, expect, it, test } from 'vitest';
import { identityKey } from '../../src/base/identity.ts';
import type { DiagnosisSubject, Mode } from '../../src/model/ui/modes.ts';
import { applyStep } from '../../src/state/apply-step.ts';
import type { UiState } from '../../src/state/state.ts';
import { diagnosed, diagnosedFindings } from '../support/diagnosed-model.ts';
import { drawScreen } from '../support/drawn-screen.tsx';
import { expectGolden } from '../support/golden.ts';
import { busyHistory, idle, linux } from '../support/model-fixture.ts';
import { renderScreen, type ScreenOptions, visible } from './render-screen.tsx';

const machine = { model: diagnosed, history: busyHistory };
const sizes = ['120x40', '80x24', '60x15', '60x12', '40x8', '200x60'] as const;

function sizeOf(size: string): Pick<ScreenOptions, 'columns' | 'rows'> {
  const [columns = 0, rows = 0] = size.split('x').map(Number);
  return { columns, rows };
}

function page(kind: 'why' | 'remedies', of: DiagnosisSubject, scroll = 0): Partial<UiState> {
  const normal: Mode = { kind: 'normal' };
  return { view: 'diagnosis', modes: [normal, { kind, of, scroll }] };
}
const row = (key: string): DiagnosisSubject => ({ kind: 'row', key });

const screens: Readonly<Record<string, Partial<UiState>>> = {
  diagnosis: { view: 'diagnosis', selectedDiagnosis: diagnosedFindings[2]?.id ?? null },
  why: page('why', row('build')),
  remedies: page('remedies', row('build')),
  found: {},
};

describe.each(Object.entries(screens))('%s', (name, ui) => {
  it.each(sizes)('in %s', (size) => {
    expectGolden(`${name}-${size}`, renderScreen(machine, { ...sizeOf(size), ui }));
  });

  it('on a text console', () => {
    const frame = renderScreen(machine, { ...sizeOf('80x25'), unicode: false, ui });
    expect(visible(frame)).toMatch(/^[\x20-\x7e\n␛]+$/);
    expectGolden(`${name}-80x25-ascii`, frame);
  });

  it('on a text console nothing is faint, which its VGA shows as black on black', () => {
    const options = { ...sizeOf('80x25'), unicode: false, color: true, console: true, ui };
    expect(visible(renderScreen(machine, options))).not.toMatch(/␛\[(?:[\d;]*;)?2m/);
  });

  it('in colour', () => {
    const frame = renderScreen(machine, { ...sizeOf('120x40'), color: true, ui });
    expectGolden(`${name}-120x40-color`, visible(frame));
  });
});

test('a page is scrolled to its last line and no further', async () => {
  const screen = await drawScreen(diagnosed, { columns: 60, rows: 12, ui: page('why', row('build')) });
  const scroll = () => {
    const top = screen.state().ui.modes.at(-1);
    return top?.kind === 'why' ? top.scroll : null;
  };
  await screen.change((state) => applyStep(state, { type: 'edge', to: 'last' }));
  await screen.change((state) => state);
  const last = scroll();
  expect(last).toBeGreaterThan(5);
  expect(last).toBeLessThan(30);
  await screen.change((state) => applyStep(state, { type: 'move', by: 1 }));
  expect(scroll()).toBe(last);
  await screen.change((state) => applyStep(state, { type: 'move', by: -1 }));
  expect(scroll()).toBe((last ?? 0) - 1);
  screen.close();
});

describe('the diagnosis', () => {
  const lines = (ui: Partial<UiState>, model = diagnosed) =>
    renderScreen({ model, history: busyHistory }, { ...sizeOf('100x30'), ui }).split('\n');

  it('says that nothing was found, and on what that stands', () => {
    const calm = { ...diagnosed, findings: [], hypotheses: [], verdicts: diagnosed.verdicts.slice(1, 2) };
    const frame = lines({ view: 'diagnosis' }, calm);
    expect(frame.find((line) => line.includes('nothing found'))).toContain('1 slow');
    const ofClients = diagnosed.verdicts.filter(({ subject }) => subject.kind === 'client');
    expect(ofClients).toHaveLength(1);
    expect(lines({ view: 'diagnosis' }, { ...calm, verdicts: ofClients }).join('\n')).toContain(
      '1 client waiting',
    );
    expect(lines({ view: 'diagnosis' }, { ...idle, findings: [], verdicts: [] }).join('\n')).toContain(
      'nothing found  nothing of Nix is judged here',
    );
  });

  it.each(['60x15', '80x24', '100x30', '120x40'])(
    'keeps in %s what a build with a long name does',
    (size) => {
      const name = 'python3.12-torchvision-unstable-2024-10-11-with-cuda';
      const renamed = diagnosedFindings.map((one) =>
        'build' in one.found && one.found.kind === 'build-stuck'
          ? { ...one, found: { ...one.found, build: name } }
          : one,
      );
      const model = { ...diagnosed, findings: renamed };
      const frame = renderScreen(
        { model, history: busyHistory },
        { ...sizeOf(size), ui: { view: 'diagnosis' } },
      );
      // On top, and in the list.
      const said = frame.split('\n').filter((line) => line.includes('python3'));
      expect(said.length).toBeGreaterThanOrEqual(2);
      for (const line of said.slice(0, 2)) expect(line).toMatch(/python3\.\S+ is stuck/);
    },
  );

  it('names what of a hypothesis without a finding it takes to see it', () => {
    expect(lines({ view: 'diagnosis' }).find((line) => line.includes('A disk fails'))).toMatch(
      /untested .* needs root/,
    );
    expect(lines(page('why', row('disk'))).join('\n')).toMatch(
      /NOT SEEN HERE\n \? nothing of it {2}needs root/,
    );
  });

  it('of a build has what its verdict stands on', () => {
    const of = { kind: 'build', build: identityKey(linux) } as const;
    expect(lines(page('why', of)).join('\n')).toMatch(/slow 7 min: busy without progress/);
  });

  it('says of what ended while one looked that it is over', () => {
    expect(lines(page('why', row('gone'))).join('\n')).toContain('This is over;');
    expect(lines(page('remedies', row('disk'))).join('\n')).toContain('This is over;');
  });
});
