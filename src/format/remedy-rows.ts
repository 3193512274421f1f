/** A way out in rows: what it does, then the command or the lines of configuration. */
import { printable, textColumns } from '../base/text.ts';
import type { Remedy } from '../model/diagnosis/remedy.ts';
import type { Tone } from './paint.ts';
import { composeRow, type RowStyle, type Span, span } from './row.ts';
import { wrapped } from './wrap.ts';

export interface Sheet {
  readonly width: number;
  readonly style: RowStyle;
  /** On a screen of ours, which cuts what is longer; else the terminal breaks it. */
  readonly cuts?: true;
}

export function writeRow({ width, style }: Sheet, ...spans: Span[]): string {
  return composeRow(spans, width, style).trimEnd();
}

/** In as many rows as it takes; those behind the first stand below its text. */
export function flow(sheet: Sheet, before: Span, text: string, tone?: Tone): string[] {
  const indent = textColumns(before.text);
  const rows = wrapped(text, Math.max(20, sheet.width - indent));
  return rows.map((row, i) => writeRow(sheet, i === 0 ? before : span(' '.repeat(indent)), span(row, tone)));
}

/** To be copied: never cut. */
export function commandRows(sheet: Sheet, before: Span, command: string): string[] {
  if (sheet.cuts) return flow(sheet, before, printable(command, sheet.style.unicode));
  return [writeRow({ ...sheet, width: Number.POSITIVE_INFINITY }, before, span(command))];
}

/** `label`: what stands before it, `    way out: `; commands stand below its text. `keyOf`: of a command of the dashboard. */
export function remedyRows(
  sheet: Sheet,
  remedy: Remedy,
  { label, keyOf }: { readonly label: string; readonly keyOf: (command: string) => string | null },
): string[] {
  const { title, risk } = remedy;
  const text = `${title}${risk === null ? '' : ` (at risk: ${risk})`}`;
  const lines = flow(sheet, span(label, 'accent'), text);
  const indent = span(' '.repeat(textColumns(label)));
  const code = (line: string) => commandRows(sheet, indent, line);
  switch (remedy.kind) {
    case 'key': {
      const key = keyOf(remedy.command);
      return key === null ? lines : [...lines, ...code(`key ${key} of the dashboard (nixpulse)`)];
    }
    case 'command':
      return [...lines, ...code(`${remedy.root ? '# ' : '$ '}${remedy.command}`)];
    case 'nix':
      return [...lines, ...remedy.lines.flatMap(code)];
    case 'advice':
      return lines;
  }
}
