/** What helps against a finding, the gentlest first: a key here, a command, lines of a configuration; and the risk. */
import { printable } from '../../src/base/text.ts';
import { remediesOf } from '../../src/format/remedies.ts';
import { composeRow, type RowStyle, type Span, span } from '../../src/format/row.ts';
import { wrapped } from '../../src/format/wrap.ts';
import type { Finding } from '../../src/model/diagnosis/finding.ts';
import type { Remedy } from '../../src/model/diagnosis/remedy.ts';

/** What a command of the table is called, and why it does not work now. */
export type KeyOf = (command: string) => { readonly key: string; readonly blocked: string | null } | null;

const indent = 4;

/** Every line of the page below its head. */
export function remedyRows(
  { found, level }: Pick<Finding, 'found' | 'level'>,
  keyOf: KeyOf,
  width: number,
  style: RowStyle,
): string[] {
  const remedies = remediesOf(found);
  if (remedies.length === 0) {
    const text = level === 'ok' ? 'There is nothing to mend.' : 'No way out of it is known here.';
    return ['', composeRow([span(`   ${text}`, 'muted')], width, style)];
  }
  return remedies.flatMap((remedy, at) => [
    '',
    ...paragraph(` ${at + 1}. `, remedy.title, 'title', width, style),
    ...way(remedy, keyOf, width, style),
    ...(remedy.risk === null
      ? []
      : paragraph(' '.repeat(indent), `Risk: ${remedy.risk}`, 'warning', width, style)),
  ]);
}

function way(remedy: Remedy, keyOf: KeyOf, width: number, style: RowStyle): string[] {
  const before = span(' '.repeat(indent + 2));
  const line = (...spans: Span[]) => composeRow([before, ...spans], width, style);
  switch (remedy.kind) {
    case 'key': {
      const key = keyOf(remedy.command);
      if (key === null) return [];
      const { blocked } = key;
      return [
        line(
          span(key.key, 'key'),
          span(
            blocked === null ? ' here' : ` here (not now: ${blocked})`,
            blocked === null ? undefined : 'warning',
          ),
        ),
      ];
    }
    case 'command':
      // Whole, however long: it is there to be copied.
      return wrapped(
        printable(`${remedy.root ? 'sudo ' : ''}${remedy.command}`, style.unicode),
        width - indent - 2,
      ).map((text) => line(span(text, 'accent')));
    case 'nix':
      return remedy.lines.map((text) => line(span(text, 'accent')));
    case 'advice':
      return [];
  }
}

function paragraph(
  before: string,
  text: string,
  tone: 'title' | 'warning',
  width: number,
  style: RowStyle,
): string[] {
  return wrapped(printable(text, style.unicode), width - indent - 1).map((line, at) =>
    composeRow([span(at === 0 ? before : ' '.repeat(indent)), span(line, tone)], width, style),
  );
}
