/**
 * What Nix is about to do (printMissing, src/libmain/shared.cc): `these 3 derivations will be built:`, `this path will
 * be fetched (0.46 MiB download, 1.20 MiB unpacked):`, `don't know how to build these paths:`, and below each its paths,
 * one a line, two columns in.
 */
import type { PlanEvent, PlanList } from '../model/rebuild/log-event.ts';
import { bytesOfText } from './byte-text.ts';

/** Up to Nix 2.3 `these derivations will be built:`, without a number. */
const builds = /^(this|these)(?: (\d+))? derivations? will be built:?$/;
const fetches = /^(this|these)(?: (\d+))? paths? will be fetched(?: \((.+) download, (.+) unpacked\))?:?$/;
const unknown = /^don't know how to build (?:this path|these paths)/;
const path = /^ {2}(\/\S+)$/;

export function planOf(text: string): PlanEvent | null {
  const item = path.exec(text)?.[1];
  if (item !== undefined) return { kind: 'planned', paths: [item] };
  const built = builds.exec(text);
  if (built !== null) return head('builds', countOf(built));
  const fetched = fetches.exec(text);
  if (fetched !== null) return head('fetches', countOf(fetched), fetched[3], fetched[4]);
  return unknown.test(text) ? head('unknown', null) : null;
}

function countOf([, article, count]: RegExpExecArray): number | null {
  if (count !== undefined) return Number(count);
  return article === 'this' ? 1 : null;
}

function head(list: PlanList, count: number | null, download?: string, unpacked?: string): PlanEvent {
  return {
    kind: 'plan',
    list,
    count,
    downloadBytes: download === undefined ? null : bytesOfText(download),
    unpackedBytes: unpacked === undefined ? null : bytesOfText(unpacked),
  };
}
