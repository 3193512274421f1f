/** The log of a build or a rebuild: whose it is and how much of it is here, then its lines. */
import { formatDuration } from '../../src/base/duration.ts';
import { plural } from '../../src/base/plural.ts';
import { printable, textColumns } from '../../src/base/text.ts';
import { colouredRow } from '../../src/format/coloured-row.ts';
import { phaseText } from '../../src/format/failed-words.ts';
import { amountText, grouped, lineNumber } from '../../src/format/log-words.ts';
import { rebuildTitle } from '../../src/format/rebuild-words.ts';
import { composeRow, fitSegments, type RowStyle, segment, span } from '../../src/format/row.ts';
import { clientCommand } from '../../src/model/forest/client-command.ts';
import type { FollowedRebuild } from '../../src/model/rebuild/followed.ts';
import type { Build } from '../../src/model/rebuild/rebuild.ts';
import type { LogPage } from '../../src/state/state.ts';

export interface LogView {
  readonly page: LogPage;
  /** Of the log; null where no stream tells of it. */
  readonly followed: FollowedRebuild | null;
  /** Null: it is that of a rebuild, or nothing is known of the build. */
  readonly build: Build | null;
  /** Unix ms, of the model shown. */
  readonly timeMs: number;
  /** Place of the line on top. */
  readonly top: number;
  readonly left: number;
  readonly follows: boolean;
  readonly search: string;
  /** Place of the line that was found last. */
  readonly found: number | null;
  /** Lines that match, and which of them that is, from 1 on; null: nothing is searched. */
  readonly matches: { readonly count: number; readonly at: number | null } | null;
  /** A recording: files are not looked for. */
  readonly recorded: boolean;
}

/** What is in the lines of the screen: all that does not change with the time alone. */
export type LogLines = Pick<LogView, 'top' | 'left' | 'search' | 'found'> & Pick<LogPage, 'kept'>;

export function lineRows(
  { kept: { lines, dropped }, top, left, search, found }: LogLines,
  height: number,
  width: number,
  style: RowStyle,
): string[] {
  const from = Math.max(0, top - dropped);
  return lines.slice(from, from + height).map((line, index) => {
    if (typeof line === 'number') {
      const gap = `  … ${plural(line, 'line')} missing: they came too fast`;
      return composeRow([span(gap, 'warning')], width, style);
    }
    const mark = dropped + from + index === found ? span('>', 'accent') : span(' ');
    return composeRow([mark], 1, style) + colouredRow(line, { left, width: width - 1, search }, style);
  });
}

/** In place of the lines. */
export function emptyRows(view: LogView, width: number, style: RowStyle): string[] {
  const texts = nothingThere(view).flatMap((text) => wrapped(text, width - 4));
  return ['', ...texts.map((text) => composeRow([span(`  ${text}`)], width, style))];
}

function fileOf({ from, file }: LogPage) {
  return from === 'file' && file?.state === 'read' ? file : null;
}

export function headRow(view: LogView, rows: number, width: number, style: RowStyle): string {
  const { page, follows, left, matches, search } = view;
  const segments = [
    segment(0, ` ${titleOf(view)}`, 'title'),
    segment(4, standingOf(view), view.build?.state === 'failed' ? 'danger' : undefined),
    segment(3, amountText(page.kept, page.of.kind, fileOf(page)), 'muted'),
    segment(5, windowText(view, rows), 'muted'),
    segment(2, matchesText(search, matches), 'accent'),
    segment(1, left > 0 ? `from column ${left + 1}` : '', 'muted'),
    {
      ...segment(6, follows && page.goesOn && page.kept.lines.length > 0 ? 'follows' : '', 'accent'),
      right: true,
    },
  ];
  return composeRow(fitSegments(segments, width, { unicode: style.unicode }), width, style);
}

function titleOf({ page: { of }, followed }: LogView): string {
  if (of.kind === 'build') return of.name;
  if (followed === null) return 'a rebuild';
  return followed.command === null ? rebuildTitle(followed) : clientCommand(followed.command);
}

/** `buildPhase 12:04`, `failed in checkPhase after 0:40`, `done in 3:12`. */
function standingOf({ build, page, followed, timeMs }: LogView): string {
  if (build === null) {
    if (page.of.kind === 'rebuild') return followed?.over === true ? 'over' : '';
    return page.goesOn ? 'running' : '';
  }
  const { state, phases, startedMs, endedMs } = build;
  const phase = phases.at(-1);
  const length = startedMs === null ? '' : formatDuration(((endedMs ?? timeMs) - startedMs) / 1000);
  switch (state) {
    case 'running':
      return phase === undefined
        ? `running ${length}`
        : `${phaseText(phase.name)} ${formatDuration((timeMs - phase.sinceMs) / 1000)}`;
    case 'failed':
      return `failed${phase === undefined ? '' : ` in ${phaseText(phase.name)}`}${length === '' ? '' : ` after ${length}`}`;
    case 'done':
      return `done in ${length}`;
    case 'ended':
      return `stopped after ${length}`;
  }
}

/** Where one is, where not all is on the screen. */
function windowText({ page: { kept }, top }: LogView, rows: number): string {
  if (kept.lines.length <= rows) return '';
  const from = Math.max(0, top - kept.dropped);
  return `${grouped(lineNumber(kept, from))}–${grouped(lineNumber(kept, Math.min(kept.lines.length, from + rows) - 1))}`;
}

function matchesText(search: string, matches: LogView['matches']): string {
  if (matches === null) return '';
  const at =
    matches.at === null
      ? `${matches.count} match${matches.count === 1 ? '' : 'es'}`
      : `${matches.at} of ${matches.count}`;
  return `/${printable(search)}: ${at}`;
}

const live =
  'To see it as it comes: `nixpulse watch -- COMMAND`, or json-log-path in nix.conf (Nix 2.30 or newer).';

/** What bzip2 says of a file that is still written: it is no news. */
const cutShort = /ends unexpectedly/;

/** Why no line is here, and how one gets them. */
function nothingThere({ page, build, recorded }: LogView): string[] {
  const { of, file, goesOn, from } = page;
  if (of.kind === 'rebuild')
    return ['Nothing was said of the rebuild as a whole yet.', 'Each of its builds has a log of its own.'];
  if (file?.state === 'reading')
    return [`Reading its file … ${file.lines > 0 ? `${grouped(file.lines)} lines` : ''}`.trimEnd()];
  if (from === 'stream') return ['It has written no line yet.'];
  if (from === 'file')
    return goesOn
      ? ['Its file is empty so far: Nix writes it in pieces of some 10 kB (l reads it again).', live]
      : ['Its log is empty.'];
  const unread = file?.state === 'unread' && !(goesOn && cutShort.test(file.reason)) ? file.reason : '';
  const why = unread === '' ? [] : [`Its file: ${unread.replace(/[;.\s]+$/, '')}.`];
  const kept =
    build !== null && build.lines > 0 ? [`Of its ${plural(build.lines, 'line')} none is kept here.`] : [];
  if (recorded) return [...kept, 'Its log was not recorded.'];
  if (of.drv === null) return ['Its derivation is not known, so its log cannot be found.', live];
  if (!goesOn) return [...kept, ...why];
  return [
    'Its log is not followed.',
    'Nix writes the file of a log compressed, so that it can be read only when the build is over.',
    ...why,
    live,
  ];
}

/** Whole words. */
function wrapped(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    const longer = line === '' ? word : `${line} ${word}`;
    if (line === '' || textColumns(printable(longer)) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
