/** Columns of the tables of view 8: caches, builders, the last checks. */
import { formatBytes } from '../../src/base/bytes.ts';
import { clockText, dayText } from '../../src/base/clock-time.ts';
import { formatCount, unknown } from '../../src/base/number.ts';
import { placeName } from '../../src/format/causes.ts';
import { buildShort, fetchShort, wellText } from '../../src/format/check-run-words.ts';
import type { Column } from '../../src/format/columns.ts';
import {
  builderStateWords,
  cacheStateWords,
  featuresText,
  keysText,
  secCell,
  slotsText,
} from '../../src/format/peer-words.ts';
import type { CacheCheck } from '../../src/model/cache-check/cache-check.ts';
import type { BuilderRow } from '../../src/model/caches/builder-rows.ts';
import type { CacheRow } from '../../src/model/caches/cache-rows.ts';

const left = { align: 'left' } as const;
const right = { align: 'right' } as const;

export function cacheColumns(trusted: readonly string[] | null): readonly Column<CacheRow>[] {
  return [
    {
      ...{ id: 'cache', title: 'CACHE', ...left, width: 20, most: 40, keep: 100 },
      // One has little room, and most are of https.
      cell: ({ address, configured }) => ({
        text: address.replace(/^https:\/\//, ''),
        tone: configured === false ? 'muted' : undefined,
      }),
    },
    {
      ...{ id: 'state', title: 'STATE', ...left, width: 13, keep: 95 },
      cell: (row) => {
        const { short, tone } = cacheStateWords(row);
        return { text: short, tone };
      },
    },
    {
      ...{ id: 'asked', title: 'ASKED', ...right, width: 6, keep: 80 },
      cell: ({ asked }) => count(asked?.asked),
    },
    {
      ...{ id: 'answered', title: 'ANSWERED', ...right, width: 8, keep: 70 },
      cell: ({ asked }) => count(asked?.answered),
    },
    {
      ...{ id: 'failed', title: 'FAILED', ...right, width: 6, keep: 90 },
      cell: ({ asked }) => ({
        ...count(asked?.unanswered),
        tone: (asked?.unanswered ?? 0) > 0 ? 'danger' : undefined,
      }),
    },
    {
      ...{ id: 'median', title: 'MEDIAN', ...right, width: 7, keep: 75 },
      cell: ({ asked }) => ({ text: secCell(asked?.answerSec) }),
    },
    {
      ...{ id: 'check', title: 'CHECK', ...right, width: 7, keep: 60 },
      cell: ({ checked }) => ({ text: secCell(checked?.answerSec), tone: 'muted' }),
    },
    {
      ...{ id: 'lost', title: 'LOST', ...right, width: 7, keep: 85 },
      cell: ({ asked }) => ({
        text: asked !== null && asked.lostSec === 0 ? '0' : secCell(asked?.lostSec),
        tone: (asked?.lostSec ?? 0) >= 1 ? 'warning' : undefined,
      }),
    },
    {
      ...{ id: 'fetched', title: 'FETCHED', ...right, width: 7, keep: 40 },
      cell: ({ asked }) => ({ text: asked === null ? unknown : formatBytes(asked.fetchedBytes) }),
    },
    {
      ...{ id: 'keys', title: 'SIGNED BY', ...left, width: 10, most: 30, keep: 50 },
      cell: (row) => ({ text: keysText(row, trusted) || unknown, tone: 'muted' }),
    },
  ];
}

const count = (value: number | undefined) => ({ text: formatCount(value) });

export const builderColumns: readonly Column<BuilderRow>[] = [
  {
    ...{ id: 'builder', title: 'BUILDER', ...left, width: 14, most: 40, keep: 100 },
    cell: ({ name, configured }) => ({ text: name, tone: configured === false ? 'muted' : undefined }),
  },
  {
    ...{ id: 'state', title: 'STATE', ...left, width: 13, keep: 95 },
    cell: (row) => {
      const { short, tone } = builderStateWords(row);
      return { text: short, tone };
    },
  },
  {
    ...{ id: 'slots', title: 'SLOTS', ...right, width: 6, keep: 90 },
    cell: (row) => ({ text: slotsText(row) }),
  },
  {
    ...{ id: 'waiting', title: 'WAIT', ...right, width: 4, keep: 60 },
    cell: ({ waiting }) => ({
      text: formatCount(waiting),
      tone: (waiting ?? 0) > 0 ? 'warning' : undefined,
    }),
  },
  {
    ...{ id: 'latency', title: 'LATENCY', ...right, width: 7, keep: 70 },
    cell: ({ checked }) => ({ text: secCell(checked?.answerSec) }),
  },
  {
    ...{ id: 'systems', title: 'SYSTEMS', ...left, width: 13, most: 28, keep: 50 },
    cell: ({ systems, configured }) => ({
      text: systems.join(' ') || (configured === true ? 'as here' : unknown),
      tone: 'muted',
    }),
  },
  {
    ...{ id: 'features', title: 'FEATURES', ...left, width: 10, most: 30, keep: 40 },
    cell: (row) => ({ text: featuresText(row) || unknown, tone: 'muted' }),
  },
  {
    ...{ id: 'now', title: 'NOW', ...left, width: 16, most: Number.POSITIVE_INFINITY, keep: 80 },
    cell: (row) => {
      if (row.builds.length > 0) return { text: row.builds.join(', ') };
      const isKnown = row.idle?.kind !== 'unknown';
      return { text: isKnown ? builderStateWords(row).text : unknown, tone: 'muted' };
    },
  },
];

export const checkColumns: readonly Column<CacheCheck>[] = [
  {
    ...{ id: 'time', title: 'TIME', ...left, width: 14, keep: 100 },
    cell: ({ endedMs }) => ({ text: `${dayText(endedMs)} ${clockText(endedMs)}`, tone: 'muted' }),
  },
  { ...{ id: 'fetch', title: 'FETCH', ...left, width: 9, keep: 95 }, cell: fetchShort },
  {
    ...{ id: 'from', title: 'FROM', ...left, width: 12, most: 24, keep: 50 },
    cell: ({ fetch }) => ({ text: fetch.from === null ? unknown : placeName(fetch.from), tone: 'muted' }),
  },
  { ...{ id: 'build', title: 'BUILD', ...left, width: 11, keep: 90 }, cell: buildShort },
  {
    ...{ id: 'by', title: 'BY', ...left, width: 10, most: 24, keep: 60 },
    cell: ({ build }) => ({
      text: build.builder === null ? unknown : placeName(build.builder),
      tone: 'muted',
    }),
  },
  {
    ...{ id: 'caches', title: 'CACHES WELL', ...left, width: 11, keep: 80 },
    cell: ({ caches }) => ({ text: wellText(caches) }),
  },
  {
    ...{ id: 'builders', title: 'BUILDERS WELL', ...left, width: 13, keep: 70 },
    cell: ({ builders }) => ({ text: wellText(builders) }),
  },
  {
    ...{ id: 'took', title: 'TOOK', ...right, width: 7, keep: 40 },
    cell: ({ startedMs, endedMs, cut }) => ({
      text: secCell(Math.max(0, endedMs - startedMs) / 1000),
      tone: cut ? 'warning' : undefined,
    }),
  },
];
