/** The worst that was found, in one row: `STUCK  numpy-2.1.2 for 12 min: idle, pytest waits in futex for itself  [6]`. */
import { sameProcess } from '../../src/base/identity.ts';
import { printable, textColumns, truncate } from '../../src/base/text.ts';
import { evidenceText } from '../../src/format/evidence.ts';
import { findingText } from '../../src/format/findings.ts';
import { composeRow, type RowStyle, type Span, span, spanColumns } from '../../src/format/row.ts';
import { verdictText, verdictWord } from '../../src/format/verdict.ts';
import { levelTone } from '../../src/format/words.ts';
import type { Finding } from '../../src/model/diagnosis/finding.ts';
import type { Verdict } from '../../src/model/diagnosis/verdict.ts';
import { isWorthALine } from '../../src/model/diagnosis/worth-a-line.ts';
import type { Model } from '../../src/model/model.ts';
import { views } from '../../src/model/ui/views.ts';

export type FindingModel = Pick<Model, 'findings' | 'verdicts' | 'timeMs' | 'monotonicMs'>;

/** Null: nothing is worth a row. */
export function findingRow(model: FindingModel, width: number, style: RowStyle): string | null {
  const worth = model.findings.filter(isWorthALine);
  const [worst] = worth;
  if (worst === undefined) return null;
  const verdict = verdictOn(worst, model.verdicts);
  const more = worth.length - 1;
  const after: Span[] = [
    span(more === 0 ? '' : `+${more} more `, 'muted'),
    span(`[${views.diagnosis.key}]`, 'key'),
  ];
  const word = verdict === null ? worst.level : verdictWord(verdict.state);
  const labelColumns = width < roomyWidth ? word.length + 1 : mostLabel;
  const label: Span = { text: ` ${word.toUpperCase()}`, width: labelColumns, tone: levelTone(worst.level) };
  const room = width - labelColumns - 1 - spanColumns(after, style.unicode) - 2;
  const text = wordsOf(worst, verdict, model, room, style.unicode);
  const gap = ' '.repeat(Math.max(0, room - textColumns(text)));
  return composeRow([label, span(' '), span(text), span(`${gap}  `), ...after], width, style);
}

/** As wide as ` CRITICAL`. */
const mostLabel = 9;
const roomyWidth = 80;

/** What says of a build that it is stuck, and where it sleeps. */
function verdictOn({ subject, found }: Finding, verdicts: readonly Verdict[]): Verdict | null {
  if (subject.kind !== 'build' || found.kind !== 'build-stuck') return null;
  return verdicts.find((one) => one.subject.kind === 'build' && sameProcess(one.subject, subject)) ?? null;
}

/** The finding, then as much of what it stands on as there is room for. */
function wordsOf(
  finding: Finding,
  verdict: Verdict | null,
  clock: FindingModel,
  room: number,
  unicode: boolean,
): string {
  if (verdict !== null && finding.found.kind === 'build-stuck') {
    const word = verdictWord(verdict.state);
    const before = `${printable(finding.found.build, unicode)} for`;
    const columns = room - textColumns(before) + word.length;
    const said = verdictText(verdict, clock, { columns, unicode });
    return truncate(before + said.slice(word.length), room, unicode);
  }
  let line = findingText(finding, clock, { columns: room, unicode });
  const shown = finding.evidence.filter((one) => one.for);
  for (const [at, one] of shown.entries()) {
    const longer = `${line}${at === 0 ? ': ' : '; '}${printable(evidenceText(one, clock), unicode)}`;
    if (textColumns(longer) > room) break;
    line = longer;
  }
  return line;
}
