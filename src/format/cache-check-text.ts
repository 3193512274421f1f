/** What check-cache prints: a table of caches, the package, the build, a table of builders; below each what is wrong. */
import { formatBytes, formatRate } from '../base/bytes.ts';
import { dateText, minuteText } from '../base/clock-time.ts';
import { tookText } from '../base/duration.ts';
import { unknown } from '../base/number.ts';
import { plural } from '../base/plural.ts';
import { printable } from '../base/text.ts';
import type {
  BuildTest,
  CacheCheck,
  CheckedBuilder,
  CheckedCache,
} from '../model/cache-check/cache-check.ts';
import { fetchFailed, hasFailed } from '../model/cache-check/failed.ts';
import type { HitRate } from '../model/cache-check/rotation.ts';
import { isStorePath, nameOfPath } from '../model/nix-store/store-path.ts';
import {
  builderStateText,
  builderTroubleWords,
  cacheStateText,
  cacheTroubleWords,
  type TroubleWords,
  untestedWords,
} from './cache-check-words.ts';
import { type Column, fitColumns, tableRow, titleRow } from './columns.ts';
import type { Paint, Tone } from './paint.ts';
import { flow, type Sheet, writeRow } from './remedy-rows.ts';
import { span } from './row.ts';

export interface CacheCheckTextOptions {
  readonly columns: number;
  readonly color: Paint;
  readonly unicode: boolean;
}

/** Rows, without a newline at the end. */
export function cacheCheckText(
  check: CacheCheck,
  hits: HitRate,
  { columns, color, unicode }: CacheCheckTextOptions,
): string {
  const sheet: Sheet = { width: Math.max(40, columns), style: { paint: color, unicode } };
  const took = tookText(check.endedMs - check.startedMs);
  const cut = check.cut ? [span('  cut off', 'warning')] : [];
  return [
    writeRow(
      sheet,
      span('nixpulse check-cache', 'title'),
      span(`  ${dateText(check.endedMs)} ${minuteText(check.endedMs)}  took ${took}`),
      ...cut,
    ),
    '',
    ...cacheRows(sheet, check.caches),
    '',
    ...fetchRows(sheet, check, hits),
    ...buildRows(sheet, check.build),
    ...diskRows(sheet, check),
    ...builderRows(sheet, check.builders),
    '',
    ...flow(sheet, span(''), sumText(check), hasFailed(check) ? 'danger' : 'ok'),
  ].join('\n');
}

const seconds = (sec: number | null) => (sec === null ? unknown : tookText(sec * 1000));
const labelColumns = 10;
const label = (text: string) => span(text.padEnd(labelColumns), 'title');

function toneOf(isWrong: boolean): Tone {
  return isWrong ? 'danger' : 'ok';
}

const cacheColumns: readonly Column<CheckedCache>[] = [
  {
    ...{ id: 'cache', title: 'CACHE', align: 'left', width: 20, most: 48, keep: 9 },
    cell: ({ address }) => ({ text: address }),
  },
  {
    ...{ id: 'state', title: 'STATE', align: 'left', width: 13, keep: 8 },
    cell: (cache) => ({
      text: cacheStateText(cache),
      tone: toneOf(cache.trouble !== null || cache.signature === 'bad'),
    }),
  },
  {
    ...{ id: 'role', title: 'ROLE', align: 'left', width: 8, keep: 5 },
    cell: ({ role }) => ({ text: role === 'other' ? '' : role }),
  },
  {
    ...{ id: 'answer', title: 'ANSWER', align: 'right', width: 7, keep: 7 },
    cell: ({ answerSec }) => ({ text: seconds(answerSec) }),
  },
  {
    ...{ id: 'lost', title: 'LOST', align: 'right', width: 7, keep: 6 },
    cell: ({ lostSec }) => ({
      text: lostSec === 0 ? '' : seconds(lostSec),
      tone: lostSec === 0 ? undefined : 'danger',
    }),
  },
  {
    ...{ id: 'priority', title: 'PRIO', align: 'right', width: 5, keep: 3 },
    cell: ({ priority }) => ({ text: priority === null ? unknown : String(priority) }),
  },
  {
    ...{ id: 'speed', title: 'SPEED', align: 'right', width: 8, keep: 4 },
    cell: ({ bytesPerSec }) => ({ text: formatRate(bytesPerSec) }),
  },
  {
    ...{ id: 'keys', title: 'SIGNED BY', align: 'left', width: 10, most: Number.POSITIVE_INFINITY, keep: 2 },
    cell: ({ keys }) => ({ text: keys.join(', ') }),
  },
];

function cacheRows(sheet: Sheet, caches: readonly CheckedCache[]): string[] {
  if (caches.length === 0) return [writeRow(sheet, label('CACHES'), span('none was asked'))];
  const fit = fitColumns(cacheColumns, sheet.width, caches);
  const told = new Set<string>();
  return [
    titleRow(fit, sheet.width, sheet.style).trimEnd(),
    ...caches.flatMap((cache) => {
      const row = tableRow(fit, cache, sheet.width, sheet.style).trimEnd();
      const words = cache.trouble === null ? null : cacheTroubleWords[cache.trouble];
      const about = ofPath(cache);
      return words === null ? [row] : [row, ...troubleRows(sheet, words, cache.said ?? about, told)];
    }),
  ];
}

/** Which path a verdict on a signature is about. */
function ofPath({ narinfo }: CheckedCache): string | null {
  return narinfo === null ? null : `of ${narinfo}`;
}

/** `told`: ways out that stand above already. */
function troubleRows(
  sheet: Sheet,
  { why, todo }: TroubleWords,
  said: string | null,
  told: Set<string>,
): string[] {
  const text = said === null ? why : `${printable(said)}: ${why}`;
  const isNew = !told.has(todo);
  told.add(todo);
  return [
    ...flow(sheet, span('    '), text),
    ...(isNew ? flow(sheet, span('    way out: ', 'accent'), todo) : []),
  ];
}

function fetchRows(sheet: Sheet, check: CacheCheck, { tested, hits }: HitRate): string[] {
  const failed = fetchFailed(check);
  const rows = flow(sheet, label('PACKAGE'), printable(fetchText(check)), failed ? 'danger' : undefined);
  const { fetched, removed } = check.fetch;
  const left = fetched - removed;
  return [
    ...rows,
    ...(left > 0
      ? flow(
          sheet,
          label(''),
          `${plural(left, 'path')} could not be removed again: in use, or no time was left`,
          'warning',
        )
      : []),
    ...(tested > 1 ? flow(sheet, label(''), `hits ${hits} of ${tested} in the last day`) : []),
  ];
}

/** `hit: hello-2.12.1 from http://nas in 0.8 s, 59 KiB, 3 paths`. */
export function fetchText({ fetch, caches }: Pick<CacheCheck, 'fetch' | 'caches'>): string {
  const { state, untested, said, package: name, path, from, sec, bytes, fetched } = fetch;
  const called = name !== null && isStorePath(name) ? nameOfPath(name) : name;
  const what = path === null ? (called ?? 'a package') : nameOfPath(path);
  const because = said === null ? '' : `: ${said}`;
  switch (state) {
    case 'untested': {
      const why = untested === null ? '' : `: ${untestedWords[untested]}`;
      return `not tested${called === null ? '' : ` (${called})`}${why}${because}`;
    }
    case 'missing':
      return `missing: no cache has ${what}`;
    case 'failed':
      return `FAILED: ${what} did not come${because}`;
    default: {
      const size = bytes === null ? '' : `, ${formatBytes(bytes)}`;
      const came = `${what} from ${from ?? unknown} in ${seconds(sec)}${size}, ${plural(fetched, 'path')}`;
      const hasLocal = caches.some(({ role }) => role === 'local');
      if (state === 'hit') return `hit: ${came}`;
      return hasLocal ? `NOT FROM THE LOCAL CACHE: ${came}${because}` : `fetched: ${came}`;
    }
  }
}

function buildRows(sheet: Sheet, build: BuildTest): string[] {
  const failed = build.state === 'declined' || build.state === 'failed';
  return flow(sheet, label('BUILD'), printable(buildText(build)), failed ? 'danger' : undefined);
}

export function buildText({ state, untested, said, builder, sec }: BuildTest): string {
  const because = said === null ? '' : `: ${said}`;
  switch (state) {
    case 'built':
      return `built by ${builder ?? unknown} in ${seconds(sec)}${said === null ? '' : ` (${said})`}`;
    case 'declined':
      return `DECLINED by all builders${because}`;
    case 'failed':
      return `FAILED${builder === null ? '' : ` on ${builder}`}${because}`;
    case 'unconfigured':
      return 'no builders are configured: builds run on this machine';
    case 'untested':
      return `not tested${untested === null ? '' : `: ${untestedWords[untested]}`}${because}`;
  }
}

function diskRows(sheet: Sheet, { proxyDisk }: CacheCheck): string[] {
  if (proxyDisk === null) return [];
  const { path, usedBytes, files, availableBytes } = proxyDisk;
  const used =
    usedBytes === null
      ? 'could not be counted'
      : `${formatBytes(usedBytes)} in ${files === null ? unknown : plural(files, 'file')}`;
  const left = availableBytes === null ? '' : `, ${formatBytes(availableBytes)} left on its file system`;
  return flow(sheet, label('PROXY'), printable(`${path}: ${used}${left}`));
}

const builderColumns: readonly Column<CheckedBuilder>[] = [
  {
    ...{ id: 'builder', title: 'BUILDER', align: 'left', width: 20, most: 48, keep: 9 },
    cell: ({ address }) => ({ text: address }),
  },
  {
    ...{ id: 'state', title: 'STATE', align: 'left', width: 13, keep: 8 },
    cell: (builder) => ({ text: builderStateText(builder), tone: toneOf(builder.trouble !== null) }),
  },
  {
    ...{ id: 'slots', title: 'SLOTS', align: 'right', width: 6, keep: 5 },
    cell: ({ slots, slotsBusy }) => ({ text: `${slotsBusy ?? unknown}/${slots ?? unknown}` }),
  },
  {
    ...{ id: 'waiting', title: 'WAIT', align: 'right', width: 4, keep: 3 },
    cell: ({ waiting }) => ({ text: waiting === null ? unknown : String(waiting) }),
  },
  {
    ...{ id: 'answer', title: 'ANSWER', align: 'right', width: 7, keep: 7 },
    cell: ({ answerSec }) => ({ text: seconds(answerSec) }),
  },
  {
    ...{ id: 'build', title: 'BUILD', align: 'right', width: 7, keep: 6 },
    cell: ({ buildSec }) => ({ text: seconds(buildSec) }),
  },
  {
    ...{ id: 'speed', title: 'SPEED', align: 'right', width: 8, keep: 4 },
    cell: ({ bytesPerSec }) => ({ text: formatRate(bytesPerSec) }),
  },
  {
    ...{ id: 'systems', title: 'SYSTEMS', align: 'left', width: 12, most: Number.POSITIVE_INFINITY, keep: 2 },
    cell: ({ systems, features }) => ({ text: [...systems, ...features].join(', ') }),
  },
];

function builderRows(sheet: Sheet, builders: readonly CheckedBuilder[]): string[] {
  if (builders.length === 0) return [];
  const fit = fitColumns(builderColumns, sheet.width, builders);
  const told = new Set<string>();
  return [
    '',
    titleRow(fit, sheet.width, sheet.style).trimEnd(),
    ...builders.flatMap((builder) => {
      const row = tableRow(fit, builder, sheet.width, sheet.style).trimEnd();
      const { trouble, said } = builder;
      if (trouble !== null) return [row, ...troubleRows(sheet, builderTroubleWords[trouble], said, told)];
      return said === null ? [row] : [row, ...flow(sheet, span('    '), printable(said))];
    }),
  ];
}

/** `2 of 3 caches are well, the package came elsewhere, no builder took the build`. */
function sumText(check: CacheCheck): string {
  const { caches, build, fetch } = check;
  const well = caches.filter(({ trouble, signature }) => trouble === null && signature !== 'bad').length;
  const isWell = well === caches.length;
  const ofCaches = isWell
    ? `${plural(well, 'cache')} well`
    : `${well} of ${plural(caches.length, 'cache')} well`;
  const ofFetch = {
    hit: 'the package came from the local cache',
    elsewhere: fetchFailed(check) ? 'the package did not come from the local cache' : 'the package came',
    missing: 'no cache had the package',
    failed: 'the package did not come',
    untested: 'no package was fetched',
  }[fetch.state];
  const ofBuild = {
    built: 'a builder took the build',
    declined: 'no builder took the build',
    failed: 'the build failed',
    unconfigured: 'no builders',
    untested: 'nothing was built',
  }[build.state];
  return [ofCaches, ofFetch, ofBuild].join(', ');
}
