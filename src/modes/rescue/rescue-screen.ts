/** The rescue screen as rows of plain text: what is short, memory, the ten heaviest builds, and what is asked. */

import { emptyRows } from '../../../components/empty/empty-rows.ts';
import { compactPressureRow } from '../../../components/pressure/compact-row.ts';
import { questionLines } from '../../../components/prompt/question.ts';
import { runningRow } from '../../../components/running/running-row.ts';
import { formatBytes, formatOf, formatRate } from '../../base/bytes.ts';
import { sameProcess } from '../../base/identity.ts';
import { formatCount } from '../../base/number.ts';
import { plural } from '../../base/plural.ts';
import { textColumns } from '../../base/text.ts';
import { fitBuildColumns, readsKnown } from '../../format/build-columns.ts';
import { tableRow, titleRow } from '../../format/columns.ts';
import { briefGuardSegment } from '../../format/guard-segment.ts';
import { latenessSegment } from '../../format/lateness.ts';
import { composeRow, fitSegments, type RowStyle, type Segment, segment, span } from '../../format/row.ts';
import { shortageTitle } from '../../format/shortages.ts';
import { buildsProblem, clientDoing, daemonState, levelTone, urgentShortages } from '../../format/words.ts';
import { clientCommand } from '../../model/forest/client-command.ts';
import { type HardeningPart, hardeningLine, hardeningMark } from '../../model/health/hardening.ts';
import { lateBySec } from '../../model/machine/part-age.ts';
import type { Client, Model } from '../../model/model.ts';
import { shownActions, topMode } from '../../state/selectors.ts';
import type { State } from '../../state/state.ts';
import { listed, mostListed, pickedBuild } from './rescue-state.ts';

export interface RescueStyle extends RowStyle {
  /** Stands before the picked row where reverse does not show. */
  readonly mark: string;
}

const leastColumns = 40;
const leastRows = 8;
/** From so many rows on: a row for memory, one for what Nix does, a blank one above the footer. */
const memoryFromRows = 10;
const summaryFromRows = 12;
const airFromRows = 20;
/** Column titles, one build, the footer. */
const leastBelow = 3;
/** Of what became of an action: the reason is told whole. */
const mostNoticeRows = 3;

/** At most `state.rows` rows, none wider than `state.columns`. */
export function rescueRows(state: State, style: RescueStyle): string[] {
  const { model, terminal } = state;
  const { columns: width, rows: height } = terminal;
  const question = questionOf(state);
  const asked = promptRows(state, style);
  if (width < leastColumns || height < leastRows) {
    const text = `nixpulse needs ${leastColumns}x${leastRows}, this is ${width}x${height}`;
    const small = composeRow([span(text, 'warning')], width, style);
    return (question === null ? [small] : asked).slice(0, Math.max(1, height));
  }
  const late = lateness(state);
  const above = [
    titleText(state, style),
    compactPressureRow(model, late, width, style),
    ...(height >= memoryFromRows ? [memoryRow(model, width, style)] : []),
    ...(height >= summaryFromRows ? [summaryRow(state, style)] : []),
  ];
  const why =
    topMode(state).kind === 'help'
      ? whyRows(state.health.hardening, width, height - above.length - asked.length - leastBelow, style)
      : [];
  const below = question === null ? [...why, ...asked, footerText(state, style)] : asked;
  const room = height - above.length - below.length;
  const air = height >= airFromRows ? 1 : 0;
  const list = buildRows(state, Math.min(room - air, mostListed + 1), style);
  const blank = Math.max(0, room - list.length);
  return [...above, ...list, ...Array.from({ length: blank }, () => ''), ...below];
}

/** The question that is open. */
function questionOf(state: State) {
  const top = topMode(state);
  return top.kind === 'confirm' || top.kind === 'quit' ? top : null;
}

function lateness({ model, health }: State) {
  const late = (part: Parameters<typeof lateBySec>[1]) => lateBySec(model, part, health.intervalScale);
  return { pressure: late('pressure'), memory: late('memory'), disks: late('disks') };
}

function titleText({ model, health, terminal }: State, style: RowStyle): string {
  const { latenessMs, readOnly, hardening } = health;
  const { columns } = terminal;
  const { host, daemon, monotonicMs } = model;
  const [worst] = urgentShortages(model);
  const daemonIs = daemonState(daemon);
  const segments: Segment[] = [
    segment(3, 'nixpulse rescue', 'title', 'rescue'),
    segment(4, host.name ?? ''),
    segment(5, daemonIs.text, levelTone(daemonIs.level)),
    segment(6, readOnly ? 'read-only' : '', 'muted'),
    segment(7, hardeningMark(hardening) ?? '', 'muted'),
    latenessSegment(latenessMs),
    briefGuardSegment(model),
    worst === undefined
      ? { ...segment(2, 'pressure ok', 'ok'), right: true }
      : { ...segment(0, shortageTitle(worst, monotonicMs), levelTone(worst.level)), right: true },
  ];
  return composeRow(fitSegments(segments, columns, style), columns, style);
}

/** Below this swap traffic is housekeeping. */
const swapShownBytesPerSec = 64 * 1024;

function memoryRow({ memory: m, cpu }: Model, width: number, style: RowStyle): string {
  const moves = (way: string, rate: number | null) =>
    (rate ?? 0) < swapShownBytesPerSec ? '' : ` ${way} ${formatRate(rate)}`;
  const swap = `swap ${formatOf(m.swapUsedBytes, m.swapTotalBytes)}`;
  const segments = [
    segment(0, `used ${formatOf(m.usedBytes, m.totalBytes)}`),
    m.swapTotalBytes === 0
      ? segment(3, '')
      : segment(
          1,
          `${swap}${moves('in', m.swapInBytesPerSec)}${moves('out', m.swapOutBytesPerSec)}`,
          undefined,
          swap,
        ),
    segment(2, (m.oomKills ?? 0) > 0 ? `OOM kills ${formatCount(m.oomKills)}` : '', 'warning'),
    segment(4, `faults ${formatCount(m.majorFaultsPerSec)}/s`, 'muted'),
    segment(
      3,
      (cpu.blockedProcesses ?? 0) > 0 ? `${formatCount(cpu.blockedProcesses)} blocked` : '',
      'muted',
    ),
    segment(5, m.zramRatio === null ? '' : `zram x${m.zramRatio.toFixed(1)}`, 'muted'),
  ];
  return composeRow([span(' '), ...fitSegments(segments, width - 1, style)], width, style);
}

/** How much there is, and the client that holds most: an evaluation can be what fills the memory. */
function summaryRow({ model, terminal: { columns } }: State, style: RowStyle): string {
  const { totals, builds, clients } = model;
  const counted = buildsProblem(model) === null ? plural(builds.length, 'build') : 'builds unknown';
  const client = heaviestClient(clients);
  const segments = [
    segment(0, `${counted}${builds.length > mostListed ? `, the ${mostListed} heaviest:` : ''}`, 'title'),
    segment(1, totals.residentBytes === null ? '' : `Nix holds ${formatBytes(totals.residentBytes)}`),
    client === null
      ? segment(3, 'no client', 'muted')
      : segment(
          2,
          `${plural(clients.length, 'client')}: ${clientCommand(client.command).slice(0, 30)} ${formatBytes(client.residentBytes)} ${clientDoing(client)}`,
          client.waitsFor === null ? undefined : 'warning',
          plural(clients.length, 'client'),
        ),
  ];
  return composeRow(fitSegments(segments, columns, style), columns, style);
}

function heaviestClient(clients: readonly Client[]): Client | null {
  let heaviest: Client | null = null;
  for (const client of clients) {
    if (heaviest === null || (client.residentBytes ?? 0) > (heaviest.residentBytes ?? 0)) heaviest = client;
  }
  return heaviest;
}

function buildRows(state: State, height: number, style: RescueStyle): string[] {
  const { model, terminal } = state;
  const width = terminal.columns;
  if (model.builds.length === 0) return emptyRows(model, '', width, style).slice(0, height);
  const builds = listed(state).slice(0, Math.max(1, height - 1));
  const lines = builds.map((build) => ({ kind: 'build' as const, build }));
  const choice = {
    phases: builds.some(({ phase }) => phase !== null),
    io: readsKnown(builds),
    more: false,
  };
  const before = 3;
  const fit = fitBuildColumns(choice, width - before, lines);
  const picked = pickedBuild(state);
  return [
    titleRow(fit, width, style, ' '.repeat(before)),
    ...lines.map((line, index) => {
      const chosen = picked !== null && sameProcess(line.build, picked);
      const number = span(String((index + 1) % mostListed), chosen ? undefined : 'key');
      const mark = span(chosen ? style.mark : ' ');
      const look = { before: [mark, number, span(' ')], whole: chosen ? ('selection' as const) : undefined };
      return tableRow(fit, line, width, style, look);
    }),
  ];
}

/** An action that takes long, then the question or what became of the last one. */
function promptRows(state: State, style: RowStyle): string[] {
  const { model, actions } = state;
  const { notice } = state.ui;
  const width = state.terminal.columns;
  const question = questionOf(state);
  const shown = shownActions(state);
  const rows = shown.length === 0 ? [] : [runningRow(shown, model.monotonicMs, width, style)];
  if (question !== null) {
    const around = { model, paused: [], actions, generations: null, garbage: null };
    return [...rows, ...questionLines(question, around, width, style)];
  }
  if (notice === null) return rows;
  const tone = notice.level === 'warning' ? 'warning' : 'accent';
  const told = broken(notice.text, width - 1).slice(0, mostNoticeRows);
  return [...rows, ...told.map((text) => composeRow([span(' '), span(text, tone)], width, style))];
}

/** What `?` shows: the parts of the health mark, those that are missing first; at most `height` rows. */
function whyRows(
  parts: readonly HardeningPart[] | null,
  width: number,
  height: number,
  style: RowStyle,
): string[] {
  const lacks = (part: HardeningPart) => part.status !== 'done';
  const told = (parts ?? []).toSorted((a, b) => Number(lacks(b)) - Number(lacks(a)));
  const rows = told.flatMap((part) =>
    broken(hardeningLine(part), width - 3).map((text, index) =>
      composeRow(
        [span(index === 0 ? ' ' : '   '), span(text, lacks(part) ? 'warning' : 'muted')],
        width,
        style,
      ),
    ),
  );
  const none = composeRow([span(' not hardened: --harden=off, or not yet', 'muted')], width, style);
  return (rows.length === 0 ? [none] : rows).slice(0, Math.max(1, height));
}

/** Between words. */
function broken(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && textColumns(`${last} ${word}`) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

const keys = [
  ['1-9,0', 'Pick'],
  ['k', 'Kill'],
  ['K', 'Heaviest'],
  ['C', 'Everything'],
  ['?', 'Hardened'],
  ['q', 'Quit'],
] as const;

function footerText({ terminal: { columns } }: State, style: RowStyle): string {
  const order = [3, 0, 1, 2, 5, 4];
  const segments = keys.map(
    ([key, title], index): Segment => ({
      rank: order[index] ?? index,
      spans: [span(key, 'key'), span(` ${title}`)],
    }),
  );
  return composeRow(fitSegments(segments, columns, style), columns, style);
}
