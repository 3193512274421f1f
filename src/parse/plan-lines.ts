/**
 * What Nix is about to do (printMissing, src/libmain/shared.cc): `these 3 derivations will be built:`, `this path will
 * be fetched (0.46 MiB download, 1.20 MiB unpacked):`, `don't know how to build these paths:`, and below each its paths,
 * one a line, two columns in.
 */
import type { PlanEvent, PlanList } from '../model/rebuild/log-event.ts';
import { bytesOfText } from './byte-text.ts';

/** Up to Nix 2.3 `these derivations will be built:`, without a number. */
const builds = /^(?:this|these)(?: \d+)? derivations? will be built:?$/;
const fetches = /^(?:this|these)(?: \d+)? paths? will be fetched(?: \((.+) download, (.+) unpacked\))?:?$/;
const unknown = /^don't know how to build (?:this path|these paths)/;
const path = /^ {2}(\/\S+)$/;

export function planOf(text: string): PlanEvent | null {
  const item = path.exec(text)?.[1];
  if (item !== undefined) return { kind: 'planned', paths: [item] };
  if (builds.test(text)) return head('builds');
  const fetched = fetches.exec(text);
  if (fetched !== null) return head('fetches', fetched[1], fetched[2]);
  return unknown.test(text) ? head('unknown') : null;
}

function head(list: PlanList, download?: string, unpacked?: string): PlanEvent {
  return {
    kind: 'plan',
    list,
    downloadBytes: download === undefined ? null : bytesOfText(download),
    unpackedBytes: unpacked === undefined ? null : bytesOfText(unpacked),
  };
}
