/** The pieces that a question is made of, and those that several questions say. */

import { bytesText } from '../base/bytes.ts';
import { lengthText } from '../base/duration.ts';
import { plural } from '../base/plural.ts';
import { type BuildTarget, buildOf, type Intent } from '../model/intents/intent.ts';
import type { LoweredMark } from '../model/intents/lowered-mark.ts';
import type { PausedMark } from '../model/intents/paused-mark.ts';
import type { Build, Model } from '../model/model.ts';
import type { Tone } from './paint.ts';
import { measureTitle } from './words.ts';

/** Rank 0 is always said; the highest goes first where room is short. */
export interface Piece {
  readonly rank: number;
  readonly text: string;
  /** Where room is short; empty: nothing, before what matters more is shortened. */
  readonly short?: string;
  readonly tone?: Tone | undefined;
}

export interface QuestionFacts {
  readonly intent: Intent;
  readonly model: Model;
  /** Wall clock minus start of the pause, by build; from the registry. */
  readonly paused?: readonly PausedMark[];
  readonly lowered?: readonly LoweredMark[];
  /** Version and kernel of the generation, the default's number. */
  readonly generation?: string | null;
  /** What could be freed, as far as it was looked for. */
  readonly garbageBytes?: number | null;
}

export function warning(rank: number, text: string | null, short?: string): Piece {
  return { rank, text: text ?? '', tone: 'warning', ...(short === undefined ? {} : { short }) };
}

export function there(targets: readonly BuildTarget[], model: Model): readonly Build[] {
  return targets.flatMap((target) => buildOf(target, model) ?? []);
}

type Holder = Pick<Build, 'residentBytes'> & Partial<Pick<Build, 'residentBy'>>;

/** `11.2 GB`; which measure it is where it is not the usual one. */
export function memoryPiece(holders: readonly Holder[]): Piece {
  const measures = new Set(holders.flatMap(({ residentBy = 'rss' }) => residentBy));
  const [measure = 'rss'] = measures.size === 1 ? measures : [];
  const by = measure === 'rss' ? '' : ` (${measureTitle(measure)})`;
  const known = holders.flatMap(({ residentBytes }) => residentBytes ?? []);
  const sum = known.reduce((total, one) => total + one, 0);
  return { rank: 4, text: known.length === 0 ? '' : `${bytesText(sum)}${by}` };
}

export function processesPiece(builds: readonly Build[]): Piece {
  const processes = builds.reduce((sum, build) => sum + build.processes, 0);
  const [only] = builds;
  const of = builds.length === 1 && only?.user != null ? ` of ${only.user}` : '';
  const text = plural(processes, 'process', 'processes');
  return { rank: 3, text: processes === 0 ? '' : `${text}${of}`, short: text };
}

/** The longest: the others run beside it. */
export function lostPiece(builds: readonly Build[]): Piece {
  const ages = builds.flatMap(({ ageSec }) => ageSec ?? []);
  if (ages.length === 0) return { rank: 2, text: '' };
  const most = lengthText(Math.max(...ages) * 1000);
  return { rank: 2, text: `${builds.length > 1 ? 'up to ' : ''}${most} of work lost`, short: `${most} lost` };
}
