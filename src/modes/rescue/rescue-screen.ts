/** The rescue screen as rows of plain text: what is short, memory, the ten heaviest builds, and what is asked. */

import { emptyRows } from '../../../components/empty/empty-rows.ts';
import { compactPressureRow } from '../../../components/pressure/compact-row.ts';
import { questionLines } from '../../../components/prompt/question.ts';
import { runningRow } from '../../../components/running/running-row.ts';
import { sameProcess } from '../../base/identity.ts';
import { formatBytes, formatCount, formatOf, formatRate } from '../../base/number.ts';
import { plural } from '../../base/plural.ts';
import { type BuildLine, fitBuildColumns, readsKnown } from '../../format/build-columns.ts';
import { tableRow, titleRow } from '../../format/columns.ts';
import { latenessSegment } from '../../format/lateness.ts';
import { composeRow, fitSegments, type RowStyle, type Segment, segment, span } from '../../format/row.ts';
import { shortageTitle } from '../../format/shortages.ts';
import { buildsProblem, clientDoing, daemonState, levelTone, urgentShortages } from '../../format/words.ts';
import { hardeningMark } from '../../model/health/hardening.ts';
import { lateBySec } from '../../model/machine/part-age.ts';
import type { Client, Model } from '../../model/model.ts';
import { listed, mostListed, pickedBuild, type RescueState } from './rescue-state.ts';
import { whyRows } from './why-rows.ts';

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
/** A kill is over before anybody could read that it runs. */
const tellAfterMs = 400;

/** At most `state.rows` rows, none wider than `state.columns`. */
export function rescueRows(state: RescueState, style: RescueStyle): string[] {
  const { columns: width, rows: height, model } = state;
  const asked = promptRows(state, style);
  if (width < leastColumns || height < leastRows) {
    const text = `nixpulse needs ${leastColumns}x${leastRows}, this is ${width}x${height}`;
    const small = composeRow([span(text, 'warning')], width, style);
    return (state.question === null ? [small] : asked).slice(0, Math.max(1, height));
  }
  const late = lateness(state);
  const above = [
    titleText(state, style),
    compactPressureRow(model, late, width, style),
    ...(height >= memoryFromRows ? [memoryRow(model, width, style)] : []),
    ...(height >= summaryFromRows ? [summaryRow(state, style)] : []),
  ];
  const why =
    state.explained && state.question === null
      ? whyRows(state.hardening, width, height - above.length - asked.length - leastBelow, style)
      : [];
  const below = state.question === null ? [...why, ...asked, footerText(state, style)] : asked;
  const room = height - above.length - below.length;
  const air = height >= airFromRows ? 1 : 0;
  const list = buildRows(state, Math.min(room - air, mostListed + 1), style);
  const blank = Math.max(0, room - list.length);
  return [...above, ...list, ...Array.from({ length: blank }, () => ''), ...below];
}

function lateness({ model, intervalScale }: RescueState) {
  const late = (part: Parameters<typeof lateBySec>[1]) => lateBySec(model, part, intervalScale);
  return { pressure: late('pressure'), memory: late('memory'), disks: late('disks') };
}

function titleText(
  { model, latenessMs, readOnly, columns, hardening }: RescueState,
  style: RowStyle,
): string {
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
function summaryRow(state: RescueState, style: RowStyle): string {
  const { model, columns } = state;
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
          `${plural(clients.length, 'client')}: ${client.command.slice(0, 30)} ${formatBytes(client.residentBytes)} ${clientDoing(client)}`,
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

function buildRows(state: RescueState, height: number, style: RescueStyle): string[] {
  const { model, columns: width } = state;
  if (model.builds.length === 0) return emptyRows(model, '', width, style).slice(0, height);
  const builds = listed(state).slice(0, Math.max(1, height - 1));
  const lines = builds.map((build): BuildLine => ({ kind: 'build', build }));
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
function promptRows(state: RescueState, style: RowStyle): string[] {
  const { model, question, notice, actions, columns: width } = state;
  const slow = actions.filter(({ sinceMs }) => model.monotonicMs - sinceMs >= tellAfterMs);
  const rows = slow.length === 0 ? [] : [runningRow(slow, model.monotonicMs, width, style)];
  if (question !== null) {
    const around = { model, paused: [], actions, generations: null, garbage: null };
    return [...rows, ...questionLines(question, around, width, style)];
  }
  if (notice === null) return rows;
  const tone = notice.level === 'warning' ? 'warning' : 'accent';
  return [...rows, composeRow([span(' '), span(notice.text, tone)], width, style)];
}

const keys = [
  ['1-9,0', 'Pick'],
  ['k', 'Kill'],
  ['K', 'Heaviest'],
  ['C', 'Everything'],
  ['?', 'Hardened'],
  ['q', 'Quit'],
] as const;

function footerText({ columns }: RescueState, style: RowStyle): string {
  const order = [3, 0, 1, 2, 5, 4];
  const segments = keys.map(
    ([key, title], index): Segment => ({
      rank: order[index] ?? index,
      spans: [span(key, 'key'), span(` ${title}`)],
    }),
  );
  return composeRow(fitSegments(segments, columns, style), columns, style);
}
