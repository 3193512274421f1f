/** Expected times in words: a range where it is one, never more exact than it can be. */
import type { Usual } from '../model/rebuild/durations.ts';
import type { Estimate } from '../model/rebuild/followed.ts';
import { unknownWord } from './words.ts';

type Range = Pick<Estimate, 'lowSec' | 'highSec'>;

/** `about 14-20 min`, `about 2 h`, `up to 5 min`, `a few seconds`, `unknown`. */
export function estimateText(estimate: Range | null): string {
  if (estimate === null) return unknownWord;
  const { kind, text, low } = said(estimate);
  if (kind === 'moment') return 'a few seconds';
  return kind === 'most' ? `up to ${text}` : `about ${low === null ? '' : `${low} to `}${text}`;
}

/** The same in few columns: `14-20 min`, `~2 h`, `<5 min`, `<10 s`; empty where it is unknown. */
export function shortEstimate(estimate: Range | null): string {
  if (estimate === null) return '';
  const { kind, text, low } = said(estimate);
  if (kind === 'moment') return '<10 s';
  if (kind === 'most') return `<${text}`;
  return kind === 'one' ? `~${text}` : `${low === null ? '' : `${low}-`}${text}`;
}

interface Said {
  readonly kind: 'moment' | 'one' | 'most' | 'range';
  readonly text: string;
  /** In a smaller unit. */
  readonly low: string | null;
}

function said({ lowSec, highSec }: Range): Said {
  const unit = unitOf(highSec);
  const [low, high] = [inUnit(lowSec, unit), inUnit(highSec, unit)];
  const most = `${high} ${unit.name}`;
  if (highSec < 10) return { kind: 'moment', text: most, low: null };
  if (low >= high) return { kind: 'one', text: most, low: null };
  // A small part of it is nothing that a person would plan with.
  if (lowSec < 0.15 * highSec) return { kind: 'most', text: most, low: null };
  if (low >= 1) return { kind: 'range', text: `${low}-${most}`, low: null };
  return { kind: 'range', text: most, low: plain(lowSec) };
}

/** `usually 4-6 min`; of one run `took 40 s before`. */
export function usuallyText({ medianSec, lowSec, highSec, runs }: Usual): string {
  if (runs === 1) return `took ${plain(medianSec)} before`;
  const unit = unitOf(highSec);
  const [low, high] = [inUnit(lowSec, unit), inUnit(highSec, unit)];
  return low >= high || low === 0 ? `usually ${plain(medianSec)}` : `usually ${low}-${high} ${unit.name}`;
}

/** `3.1x its usual time`; `times` as model/rebuild/durations.ts gives it. */
export function timesUsualText(times: number): string {
  return `${times < 9.95 ? times.toFixed(1) : Math.round(times)}x its usual time`;
}

interface Unit {
  readonly name: 's' | 'min' | 'h';
  readonly seconds: number;
  /** What is said between two whole ones. */
  readonly step: number;
}

function unitOf(seconds: number): Unit {
  if (seconds < 90) return { name: 's', seconds: 1, step: seconds < 20 ? 1 : 5 };
  if (seconds < 90 * 60) return { name: 'min', seconds: 60, step: seconds >= 40 * 60 ? 5 : 1 };
  return { name: 'h', seconds: 3600, step: seconds < 10 * 3600 ? 0.5 : 1 };
}

function inUnit(seconds: number, { seconds: of, step }: Unit): number {
  return Math.round(seconds / of / step) * step;
}

function plain(seconds: number): string {
  const unit = unitOf(seconds);
  return `${inUnit(seconds, unit)} ${unit.name}`;
}
