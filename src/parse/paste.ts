/**
 * A text as people paste it to lines as a program said them: without colours, quotes, boxes, Markdown and HTML, the
 * stamps of a journal, a CI or a deployment tool, the names that Nix puts before the lines of a build, and line numbers.
 */
import { parseJsonObject } from '../base/fields.ts';
import { withoutCommands } from '../base/text.ts';
import type { PastedLine } from '../model/advice/explanation.ts';
import { parseLogDocument, result } from './internal-json.ts';
import { hasLocalized, inEnglish } from './localized-errors.ts';

/** What stands in front of a line and is not of it. Tried again until none fits: they stand behind one another. */
const prefixes: readonly RegExp[] = [
  // Quotes of mail and Markdown, of an issue in an issue, and the log lines in an error of Nix.
  /^\s*(?:>|&gt;)(?: |$)/,
  // Boxes: of nix-output-monitor, and of Nix 2.4 and older traces.
  /^\s*[│┃┆┊](?: |$)/,
  // journalctl, `short` and with other times: `Nov 20 03:28:01 host nix-daemon[812]: `.
  /^(?:\p{L}{3,5}\.?|\d{1,2}月) [ \d]\d \d{2}:\d{2}:\d{2}(?:\.\d+)? \S+ [\w.@:\\/()-]+(?:\[\d+\])?: /u,
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:Z|[+-]\d{2}:?\d{2}) \S+ (?:[\w.@:\\/()-]+\[\d+\]|kernel): /,
  // dmesg: `[ 1234.567890] `, `[Thu Nov 20 03:28:01 2026] `, and the level that syslog keeps.
  /^(?:<\d+>)?\[ *\d+\.\d{6}\](?:\[ *[TC]\d+\])? /,
  /^\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}\] /,
  // GitHub: `job\tstep\t2026-11-20T03:28:01.1234567Z `, and what it calls a line. GitLab and others: times alone.
  /^[^\t]{1,80}\t[^\t]{1,80}\t(?=\d{4}-\d{2}-\d{2}T)/,
  /^\ufeff?\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:Z|[+-]\d{2}:?\d{2})?(?: \d{2}[OE][+ ]?| |$)/,
  /^\[?\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?\]? /,
  /^##\[[a-z]+\]/,
  /^::(?:error|warning|notice|debug)(?: [^:]*)?::/,
  /^section_(?:start|end):\d+:\S+/,
  // docker build: `#9 21.70 `, and without the number of the step.
  /^#\d+ (?:\d+\.\d+ |(?=ERROR))/,
  /^\d{1,4}\.\d{2,3} (?=[a-z ])/,
  // deploy-rs, colmena: `🚀 ❌ [deploy] [ERROR] `, `[ERROR] `, `   host | `.
  /^[^\w\s'"[({/<-]*\s*(?:[^\w\s'"[({/<-]+\s*)?\[[a-z_-]+\] \[(?:TRACE|DEBUG|INFO|WARN|ERROR)\] /,
  /^\[(?:TRACE|DEBUG|INFO |INFO|WARN|ERROR)\s*\] /,
  /^ {0,24}[\w.@-]{1,64} \| /,
  // What Nix puts before a line of a build: `hello> `.
  /^[\w.+?=@-]{1,120}> /,
];

const html: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  quot: '"',
  amp: '&',
  '#39': "'",
  nbsp: ' ',
};
const tags = /<\/?(?:details|summary|pre|code|p|br|div|span|blockquote)(?: [^<>]*)?\/?>/gi;
const fence = /^\s*(?:```|~~~)[\w-]*\s*$/;

/** Never fails; lines that say nothing of a program are left out, the others keep their number. */
export function pastedLines(text: string): readonly PastedLine[] {
  const plainText = text.replace(/^\ufeff/, '').replace(/\r?\n$/, '');
  if (plainText === '') return [];
  const raw = plainText.split(/\r?\n/);
  const numbered = isNumbered(raw);
  const translated = hasLocalized(text);
  return raw.flatMap((line, index) => {
    const at = index + 1;
    const unnumbered = numbered ? line.replace(lineNumber, '') : line;
    const plain = unstyled(unnumbered);
    if (fence.test(plain)) return [];
    const told = machineLines(plain) ?? [withoutPrefixes(plain)];
    return told.map((one) => ({ at, text: shortened((translated ? inEnglish(one) : one).trimEnd()) }));
  });
}

const mostCharacters = 2000;
const keptBehind = 500;

/** A build may write 200 kB in one line; what a message says stands at its begin, or at its end. */
function shortened(line: string): string {
  if (line.length <= mostCharacters) return line;
  return `${line.slice(0, mostCharacters - keptBehind)} … ${line.slice(-keptBehind)}`;
}

/** Of a line that was written over the last text stays. Typographic quotes become plain ones, as messages are known. */
function unstyled(line: string): string {
  const shown = withoutCommands(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: an application program command, as Buildkite writes times
    line.replace(/\x1b_[^\x07\x1b]*(?:\x07|\x1b\\)?/g, '').replace(/^.*\r(?=.)/, ''),
  )
    .replace(/\u00a0/g, ' ')
    .replace(/[‘’]/g, "'")
    .replace(/[“”]/g, '"');
  return shown.includes('<') || shown.includes('&')
    ? shown.replace(tags, '').replace(/&(lt|gt|quot|amp|#39|nbsp);/g, (_, name: string) => html[name] ?? '')
    : shown;
}

const mostPrefixes = 6;

function withoutPrefixes(line: string): string {
  let rest = line;
  for (let turn = 0; turn < mostPrefixes; turn += 1) {
    const prefix = prefixes.find((one) => one.test(rest));
    if (prefix === undefined) break;
    rest = rest.replace(prefix, '');
  }
  return rest;
}

const journalFields = ['MESSAGE', 'log', 'message', 'msg'] as const;

/** Lines of a machine's log: Nix's own, a journal's or a container's; null: it is none. */
function machineLines(line: string): readonly string[] | null {
  const nix = line.indexOf('@nix {');
  if (nix >= 0) return nixLines(line.slice(nix + '@nix '.length));
  if (!line.startsWith('{"')) return null;
  if (line.startsWith('{"action":')) return nixLines(line);
  const document = parseJsonObject(line);
  const said = journalFields.map((name) => document?.[name]).find((value) => typeof value === 'string');
  return typeof said === 'string' ? plainLines(said) : null;
}

/** A message, or a line of a build; of what else Nix tells of its activities nothing explains an error. */
function nixLines(document: string): readonly string[] {
  const event = parseLogDocument(document);
  if (event.kind === 'msg') return plainLines(event.text);
  if (event.kind !== 'result') return [];
  const isLog = event.type === result.buildLogLine || event.type === result.postBuildLogLine;
  const [said] = isLog ? event.fields : [];
  return typeof said === 'string' ? plainLines(said) : [];
}

function plainLines(text: string): readonly string[] {
  return text.split('\n').map((line) => withoutPrefixes(unstyled(line)));
}

const lineNumber = /^\s*\d{1,7}(?:[:|]\s?|\t| {1,4}(?=\S|$))/;

/** Nearly every line begins with a number, each larger than the one before. */
function isNumbered(lines: readonly string[]): boolean {
  let last = -1;
  let rising = 0;
  let told = 0;
  for (const line of lines) {
    if (line.trim() === '') continue;
    told += 1;
    const number = lineNumber.test(line) ? Number.parseInt(line, 10) : Number.NaN;
    if (number > last) rising += 1;
    if (!Number.isNaN(number)) last = number;
  }
  return told >= 3 && rising >= told * 0.9;
}
