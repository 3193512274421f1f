/** The screen of a fleet in rows: who is asked and how many need help, what went wrong, the machines, the selected one. */
import { formatDuration, formatSeconds, lengthText } from '../../src/base/duration.ts';
import { plural } from '../../src/base/plural.ts';
import { keyLabel } from '../../src/commands/key-label.ts';
import { fitColumns, tableRow, titleRow } from '../../src/format/columns.ts';
import { fleetColumns, sharedDomain } from '../../src/format/fleet/fleet-columns.ts';
import { nobody } from '../../src/format/fleet/fleet-text.ts';
import { countWords, machineLines, stateWords } from '../../src/format/fleet/fleet-words.ts';
import { askedProblem } from '../../src/format/fleet/problem-words.ts';
import { composeRow, fitSegments, type RowStyle, type Segment, segment, span } from '../../src/format/row.ts';
import type { FleetMachine } from '../../src/model/fleet/machine.ts';
import { fleetKeys } from '../../src/state/fleet/fleet-keys.ts';
import {
  type FleetState,
  fleetLayout,
  selectedIndex,
  selectedMachine,
} from '../../src/state/fleet/fleet-state.ts';
import type { Theme } from '../theme.ts';

/** An answer that takes longer is told of. */
const toldAskingMs = 1500;

export function fleetTitle(state: FleetState, theme: Theme): string {
  const { terminal, where, fleet, shown, filter, sort, nowMs, answeredMs, askingMs } = state;
  const counts = fleet === null ? [] : countWords(fleet);
  const all = fleet === null ? '' : plural(fleet.machines.length, 'machine');
  const window = shown.length === 0 ? '' : `${selectedIndex(state) + 1} of ${shown.length}`;
  const isSlow = askingMs !== null && nowMs - askingMs >= toldAskingMs;
  const age = answeredMs === null ? null : (nowMs - answeredMs) / 1000;
  const right = [
    isSlow ? `asking for ${formatSeconds((nowMs - askingMs) / 1000)}` : '',
    age === null ? '' : `${formatDuration(age)} old`,
  ].filter((text) => text !== '');
  const segments: Segment[] = [
    segment(9, 'nixpulse fleet', 'title', 'fleet'),
    segment(7, where, 'accent'),
    segment(4, all),
    ...counts.map(({ text, tone }, index) => segment(1 + index / 10, text, tone)),
    segment(0.5, filter === '' ? '' : `filter ${filter}`, 'accent'),
    segment(6, sort === 'need' ? '' : 'by name', 'muted'),
    segment(8, window, 'muted'),
    {
      ...segment(0.9, right.join(', '), isSlow || state.problem !== null ? 'warning' : 'muted'),
      right: true,
    },
  ];
  return composeRow(fitSegments(segments, terminal.columns, theme), terminal.columns, theme);
}

/** What was done, or went wrong; else what is worth knowing of the answer. */
export function fleetMessage(state: FleetState, theme: Theme): string {
  const { notice, problem, fleet, terminal, answeredMs, nowMs } = state;
  const { columns } = terminal;
  if (notice !== null) {
    return composeRow([span(` ${notice.text}`, notice.isWarning ? 'warning' : 'accent')], columns, theme);
  }
  if (problem !== null) {
    const since = answeredMs === null ? '' : `; this is ${lengthText(nowMs - answeredMs)} old`;
    return composeRow([span(` ${askedProblem(problem)}${since}`, 'warning')], columns, theme);
  }
  const hints = [
    fleet?.hasRules === false ? 'no rules of nixpulse are loaded there: nobody tells of alerts' : '',
    fleet === null || fleet.unnamed === 0
      ? ''
      : `${plural(fleet.unnamed, 'series', 'series')} without an instance`,
  ].filter((hint) => hint !== '');
  return composeRow([span(hints.length === 0 ? '' : ` ${hints.join('; ')}`, 'muted')], columns, theme);
}

/** Titles, and those machines that fit; or why there are none. */
export function fleetList(state: FleetState, theme: Theme): readonly string[] {
  const { fleet, shown, top, terminal, selected } = state;
  const { columns } = terminal;
  const { listRows } = fleetLayout(terminal);
  if (shown.length === 0) {
    return ['', composeRow([span(`  ${emptyText(state)}`, 'title')], columns, theme)];
  }
  const fit = fitColumns(fleetColumns(sharedDomain(fleet?.machines ?? [])), columns - 2, shown);
  const index = selectedIndex({ shown, selected });
  return [
    titleRow(fit, columns, theme, '  '),
    ...shown.slice(top, top + listRows).map((machine, row) => {
      const isSelected = top + row === index;
      const before = [span(isSelected ? ` ${theme.selectedMark}` : '  ')];
      return tableRow(fit, aged(machine, state), columns, theme, {
        before,
        whole: isSelected ? 'selection' : undefined,
      });
    }),
  ];
}

/** What was told grows old while nothing newer comes. */
function aged(machine: FleetMachine, { nowMs, answeredMs }: FleetState): FleetMachine {
  const { ageSec } = machine;
  if (ageSec === null || answeredMs === null) return machine;
  return { ...machine, ageSec: ageSec + (nowMs - answeredMs) / 1000 };
}

function emptyText({ fleet, filter, problem, where }: FleetState): string {
  if (fleet !== null && filter !== '') return `No machine matches ${filter}.`;
  if (fleet !== null) return nobody;
  return problem === null ? `Asking ${where}…` : 'No answer yet.';
}

const labelColumns = 11;

export function fleetPane(state: FleetState, theme: Theme): readonly string[] {
  const { paneRows } = fleetLayout(state.terminal);
  const machine = selectedMachine(state);
  if (paneRows === 0 || machine === null) return [];
  const { columns } = state.terminal;
  const { text, tone } = stateWords(machine);
  const rows = [
    '',
    composeRow([span(` ${machine.name}`, 'title'), span('  '), span(text, tone)], columns, theme),
    ...machineLines(aged(machine, state)).map((line) =>
      composeRow(
        [{ text: ` ${line.label}`, width: labelColumns, tone: 'muted' }, span(line.text)],
        columns,
        theme,
      ),
    ),
  ];
  return rows.slice(0, paneRows);
}

export function fleetFooter({ typing, filter, terminal }: FleetState, theme: Theme): string {
  const { columns } = terminal;
  if (typing) {
    const keys = [span('   '), span('Enter', 'key'), span(' keep '), span('Esc', 'key'), span(' end')];
    return composeRow([span(`/${filter}`, 'accent'), span('_'), ...keys], columns, theme);
  }
  const segments = fleetKeys.flatMap(({ keys: [key = ''], title, footer }, index): Segment[] =>
    footer ? [{ rank: index, spans: [span(keyLabel(key), 'key'), span(` ${title}`)] }] : [],
  );
  return composeRow(fitSegments(segments, columns, theme), columns, theme);
}

const keyColumns = 20;

export function fleetHelp(columns: number, style: RowStyle): readonly string[] {
  const row = (label: string, text: string) =>
    composeRow([{ text: `  ${label}`, width: keyColumns, tone: 'accent' }, span(text)], columns, style);
  return [
    composeRow([span(' KEYS', 'title')], columns, style),
    ...fleetKeys.map(({ keys, title }) => row(keys.map(keyLabel).join(' '), title)),
    composeRow([span(' any key goes back', 'muted')], columns, style),
  ];
}
