/** What `nixpulse explain` prints: each cause with the words it was known by, what would confirm it, and the ways out. */
import { plural } from '../base/plural.ts';
import { oneLine, printable } from '../base/text.ts';
import type { Explained, Explanation } from '../model/advice/explanation.ts';
import type { Speaker } from '../model/advice/known-message.ts';
import { noPaint, type Paint } from './paint.ts';
import { commandRows, flow, remedyRows, type Sheet, writeRow } from './remedy-rows.ts';
import { span } from './row.ts';

export interface ExplanationTextOptions {
  readonly columns: number;
  /** Of the text: a file's name, `standard input`. */
  readonly name: string;
  readonly color?: Paint;
  /** Default true. */
  readonly unicode?: boolean;
  /** Of the begin of the text, which was too long to be read as a whole. Default 0. */
  readonly skippedLines?: number;
}

const speakers: Readonly<Record<Speaker, string>> = {
  nix: 'Nix',
  'nixos-rebuild': 'nixos-rebuild',
  'home-manager': 'home-manager',
  'darwin-rebuild': 'darwin-rebuild',
  activation: 'the activation',
  bootloader: 'the bootloader',
  'nixos-anywhere': 'nixos-anywhere',
  disko: 'disko',
  colmena: 'colmena',
  'deploy-rs': 'deploy-rs',
  ssh: 'ssh',
  systemd: 'systemd',
  kernel: 'the kernel',
  zfs: 'ZFS',
  cryptsetup: 'cryptsetup',
  git: 'git',
  builder: 'a program of the build',
  system: 'the system',
};

/** Rows, without a newline at the end; the first one is the answer, the last one says of what. */
export function formatExplanation(explanation: Explanation, options: ExplanationTextOptions): string {
  const { columns, name, color = noPaint, unicode = true, skippedLines = 0 } = options;
  const sheet: Sheet = { width: Math.max(40, columns), style: { paint: color, unicode } };
  const { lines } = explanation;
  const read = skippedLines === 0 ? '' : `, read from line ${skippedLines + 1} on`;
  const of = `${printable(name)}, ${plural(lines, 'line')}${read}`;
  const rows = [...explanationRows(sheet, explanation), '', writeRow(sheet, span(of, 'muted'))];
  return rows.join('\n');
}

/** What is known of it; below what is not known the lines that look like the cause. */
export function explanationRows(sheet: Sheet, explanation: Explanation): string[] {
  const { explained, suspects } = explanation;
  const told = explained.flatMap((one, index) => [...explainedRows(sheet, one, index + 1), '']);
  const unknown = [
    ...unknownRows(sheet, explanation),
    ...(suspects.length === 0 ? [] : [...suspectRows(sheet, explanation), '']),
  ];
  const rows = onlyWarned(explanation) ? [...unknown, ...told] : [...told, ...unknown];
  while (rows.at(-1) === '') rows.pop();
  return rows;
}

const mostWords = 4;
const mostOthers = 6;

function explainedRows(sheet: Sheet, one: Explained, number: number): string[] {
  const label = `${number}. `;
  const tone = one.rank === 'cause' ? 'danger' : 'warning';
  const words = one.text.slice(0, mostWords).map((line) => oneLine(printable(line)));
  const said = one.count === 1 ? '' : `, ${one.count} times`;
  return [
    ...flow(sheet, span(label, 'title'), printable(one.title), tone),
    writeRow(sheet, span(`   ${speakers[one.from]}${lineText(one)}${said}:`, 'muted')),
    ...words.map((line) => writeRow(sheet, span(`     ${line}`))),
    ...othersRows(sheet, one),
    ...one.causes.flatMap((cause, at) => [
      ...flow(sheet, span(at === 0 ? '   likely:  ' : '   or:      ', 'accent'), cause.text),
      ...(cause.confirm === null
        ? []
        : commandRows(sheet, span('   test:    ', 'accent'), `$ ${cause.confirm}`)),
      ...cause.remedies.flatMap((remedy) =>
        remedyRows(sheet, remedy, { label: '   way out: ', keyOf: () => null }),
      ),
    ]),
    ...one.followed.flatMap(({ title, count: times }) =>
      flow(
        sheet,
        span('   brought: ', 'muted'),
        `${printable(title)}${times === 1 ? '' : ` (${times} times)`}`,
      ),
    ),
  ];
}

/** Of what is known without words no line has them. */
function lineText({ at: [first] }: Explained): string {
  return first === undefined ? '' : `, line ${first}`;
}

/** What differs from the first: `also /nix/store/…-b, /nix/store/…-c and 38 more`. */
function othersRows(sheet: Sheet, { facts, others }: Explained): string[] {
  if (others.length === 0) return [];
  const texts = others.map((other) =>
    Object.entries(other.facts)
      .flatMap(([name, value]) => (facts[name] === value ? [] : [printable(value)]))
      .join(' '),
  );
  const shown = texts.slice(0, mostOthers).join(', ');
  const more = texts.length > mostOthers ? ` and ${texts.length - mostOthers} more` : '';
  return flow(sheet, span('   also:    ', 'muted'), `${shown}${more}`);
}

/** What could be a cause did not stop it: the answer is that the cause is not known. */
function onlyWarned({ explained, known }: Explanation): boolean {
  return !known && explained.length > 0 && explained.every(({ rank }) => rank === 'cause');
}

function unknownRows(sheet: Sheet, explanation: Explanation): string[] {
  if (explanation.known) return [];
  const text = onlyWarned(explanation)
    ? 'The cause is not known: what stands below was only warned of.'
    : explanation.lines === 0
      ? 'It is empty.'
      : explanation.explained.length === 0
        ? 'The cause is not known: none of the messages that are known here is in it.'
        : 'That it failed is known, its cause is not: no message in it says why.';
  return [...flow(sheet, span(''), text), ''];
}

function suspectRows(sheet: Sheet, { suspects }: Explanation): string[] {
  const width = String(Math.max(...suspects.map(({ at }) => at))).length;
  return [
    writeRow(sheet, span('These lines look like the cause:', 'title')),
    ...suspects.map(({ at, text }) =>
      writeRow(sheet, span(`  ${String(at).padStart(width)}  `, 'muted'), span(oneLine(printable(text)))),
    ),
  ];
}
