/** What the details have from the log of a build: its phases with their times, how it speaks, its last lines, why it failed. */
import { clockText } from '../../src/base/clock-time.ts';
import { formatDuration, lengthText } from '../../src/base/duration.ts';
import { listText, plural } from '../../src/base/plural.ts';
import { printable, textColumns, withoutEscapes } from '../../src/base/text.ts';
import { rootCauseText } from '../../src/format/causes.ts';
import { timesUsualText, usuallyText } from '../../src/format/estimate.ts';
import { failedAge, failedTitle, phaseText } from '../../src/format/failed-words.ts';
import { composeRow, type RowStyle, type Span, span } from '../../src/format/row.ts';
import { nameOfDerivation } from '../../src/model/nix-store/store-path.ts';
import type { RootCause } from '../../src/model/rebuild/cause.ts';
import { timesUsual, type Usual } from '../../src/model/rebuild/durations.ts';
import type { Build } from '../../src/model/rebuild/rebuild.ts';
import { fact, factColumns } from './fact.ts';

/** What is worth a word: a build that links says nothing for a while. */
const silentMs = 60_000;

/** Every phase with its length, the present one last; without room for all the first ones are left out. */
export function phaseFact({ phases, endedMs }: Build, nowMs: number, width: number): Span[][] {
  if (phases.length === 0) return [];
  const lengths = phases.map(({ name, sinceMs }, index) => {
    const untilMs = phases[index + 1]?.sinceMs ?? endedMs ?? nowMs;
    return `${printable(phaseText(name))} ${formatDuration((untilMs - sinceMs) / 1000)}`;
  });
  const present = lengths.at(-1) ?? '';
  const before = lengths.slice(0, -1);
  const left = () => [...before, present].join(' · ');
  let cut = '';
  while (before.length > 0 && textColumns(cut + left()) > width - factColumns) {
    before.shift();
    cut = '… ';
  }
  const earlier = before.map((length) => `${length} · `).join('');
  return [fact('phases', '', [span(cut + earlier), span(present, 'accent')])];
}

/** `1204 lines, the last 4 s ago`; since when it is silent. */
export function linesFact({ lines, lastLineMs }: Build, nowMs: number): Span[] {
  if (lastLineMs === null) return fact('log', 'no line yet');
  const silent = Math.max(0, nowMs - lastLineMs);
  return silent >= silentMs
    ? fact('log', plural(lines, 'line'), [span(`  no line for ${lengthText(silent)}`, 'warning')])
    : fact('log', `${plural(lines, 'line')}, the last ${lengthText(silent)} ago`);
}

/** What builds of its name took before, and how this one compares. */
export function usualFact(usual: Usual | null, ageSec: number | null): Span[][] {
  if (usual === null) return [];
  const times = ageSec === null ? null : timesUsual(ageSec, usual);
  const slow = times === null ? [] : [span(`  ${timesUsualText(times)}`, 'warning')];
  return [fact('expected', usuallyText(usual), [span(`, now ${formatDuration(ageSec)}`), ...slow])];
}

/** A row of titles, then the last lines; `first` counts from 0 where they are scrolled. */
export function lineRows(
  tail: readonly string[],
  of: { readonly lines: number; readonly first: number; readonly height: number },
  width: number,
  style: RowStyle,
): string[] {
  const { lines, first, height } = of;
  const shown = tail.slice(first, first + height);
  const before = Math.max(0, lines - tail.length);
  const from = before + first + 1;
  const count =
    shown.length === 0
      ? ''
      : shown.length >= lines
        ? ` (${lines})`
        : ` ${from}–${from + shown.length - 1} of ${Math.max(lines, before + tail.length)}`;
  return [
    composeRow([span(' LOG', 'title'), span(count, 'muted')], width, style),
    ...shown.map((line) => composeRow([span(` ${withoutEscapes(line)}`)], width, style)),
  ];
}

export interface FailedFacts {
  readonly name: string | null;
  readonly command: string | null;
  readonly root: RootCause;
  readonly build: Build | null;
}

/** At most `height` rows of what failed, why first. */
export function failedFactRows(facts: FailedFacts, height: number, width: number, style: RowStyle): string[] {
  const { root, build, command } = facts;
  const [drv, ...others] = root.drvs;
  const age = failedAge(build);
  const phase = build?.phases.at(-1)?.name;
  const rows: Span[][] = [
    [
      span(` ${failedTitle(facts)}`, 'title'),
      span('  '),
      span('FAILED', 'danger'),
      ...(phase === undefined ? [] : [span(`  in ${phaseText(phase)}`, 'accent')]),
      span(age === null ? '' : `  after ${formatDuration(age)}`),
      span(`  at ${clockText(root.atMs)}`, 'muted'),
    ],
    fact('why', rootCauseText(root)),
    ...(root.text === '' ? [] : [fact('Nix says', root.text)]),
    ...(build === null ? [] : phaseFact(build, root.atMs, width)),
    ...(root.dependents.length === 0
      ? []
      : [fact('not built', `${root.dependents.length} because of it: ${names(root.dependents)}`)]),
    ...(others.length === 0 ? [] : [fact('of it too', names(others))]),
    ...(build?.host == null ? [] : [fact('host', build.host)]),
    ...(command === null ? [] : [fact('rebuild', command)]),
    ...(drv === undefined ? [] : [fact('derivation', drv)]),
  ];
  return rows.slice(0, height).map((spans) => composeRow(spans, width, style));
}

function names(drvs: readonly string[]): string {
  return listText(drvs.map(nameOfDerivation), 5);
}
