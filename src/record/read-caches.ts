/** Caches and builders of a recorded Sample, read: a file may hold anything. */
import { flag, listOf, number, object, orNull, text } from '../base/reader.ts';
import { readProblem } from '../logs/read-problem.ts';
import { readCheck } from '../model/cache-check/read-check.ts';
import {
  type BuilderLock,
  type CachesRaw,
  type ConfiguredBuilder,
  mostShownChecks,
} from '../model/caches/caches-raw.ts';

const most = 1000;
const texts = listOf(text, most);

const builder = object<ConfiguredBuilder>({
  address: text,
  systems: texts,
  features: texts,
  mandatory: texts,
  slots: number,
  speedFactor: number,
});

export const readCaches = object<CachesRaw>({
  caches: orNull(texts),
  keys: orNull(texts),
  builders: orNull(listOf(builder, most)),
  refused: listOf(object({ address: text, why: text }), most),
  locks: orNull(listOf(object<BuilderLock>({ name: text, held: flag, waiting: number }), most)),
  checks: listOf(readCheck, mostShownChecks),
  day: object({ fetches: number, hits: number }),
  problems: listOf(readProblem, most),
});
