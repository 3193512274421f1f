/** What a builder's trouble is, if it has one: by what Nix did with it, then by what ssh says, then by its line. */
import type { Result } from '../../base/problem.ts';
import { builderHost } from '../../model/cache-check/builder-host.ts';
import type { BuilderTrouble } from '../../model/cache-check/cache-check.ts';
import type { ProbeValues } from '../../model/diagnosis/probe-values.ts';
import { builderTroubleOf, saysNothing, tellingLine } from '../../parse/builder-words.ts';
import type { OfferedBuild } from '../../parse/offered-build.ts';
import type { BuilderLoad } from './builder-slots.ts';
import type { ConfiguredBuilder } from './configured-builders.ts';

/** A build as far as a builder is judged by it. */
export type Try = Pick<
  OfferedBuild,
  'builder' | 'complaints' | 'connecting' | 'waits' | 'restricted' | 'error'
> & {
  readonly done: boolean;
  readonly cut: boolean;
  readonly sec: number;
};

export interface BuilderSeen {
  readonly line: ConfiguredBuilder;
  /** All of the settings, of which one may be meant by an address. */
  readonly lines: readonly ConfiguredBuilder[];
  /** Of what all were offered; null: it was not. */
  readonly offered: Try | null;
  /** What that wanted. */
  readonly wanted: string;
  /** It built that. */
  readonly used: boolean;
  /** Of a build for it alone. */
  readonly own: Try | null;
  /** Those went to others: `isKeptFrom`. */
  readonly isKept: boolean;
  readonly reach: Result<ProbeValues['builder']> | null;
  /** We are who the daemon is, with its keys: that we cannot reach it means that Nix cannot. */
  readonly asNix: boolean;
  readonly load: BuilderLoad | null;
}

export interface Judged {
  readonly trouble: BuilderTrouble | null;
  readonly said: string | null;
}

/** A speed of 1.5 is none for old Nix: machines.cc, `bad machine specification: failed to convert column #4 …`. */
const badLine = /^bad machine specification/;
export const restrictedWords = 'not tested: Nix takes builders from a trusted user only';
const atWork: readonly BuilderTrouble[] = ['untrusted', 'system', 'features'];
/** Of what was built. */
const ownFailure = /failed with exit code|failed due to signal|failed to produce output/;
const none: Judged = { trouble: null, said: null };

export function judgeBuilder(seen: BuilderSeen): Judged {
  const { line, lines, offered, used, own, isKept, load } = seen;
  if (line.refused !== null) return { trouble: 'refused', said: line.refused };
  if (own !== null && isRefused(own)) return { trouble: 'refused', said: own.error };
  const byLine = offered?.builder === null ? ofLine(seen) : none;
  if (used) return none;
  if (own?.done && !isKept) return byLine;
  const judged =
    (own === null || isKept ? null : ofTry(own, [line], seen)) ??
    (offered === null ? null : ofTry(offered, lines, seen)) ??
    ofReach(seen);
  if (judged !== null) return judged;
  if (load !== null && load.busy >= line.maxJobs) return { trouble: 'slots', said: null };
  if (byLine.trouble !== null) return byLine;
  return { trouble: null, said: isKept ? restrictedWords : (own?.error ?? null) };
}

function ofTry(one: Try, among: readonly ConfiguredBuilder[], seen: BuilderSeen): Judged | null {
  const { line } = seen;
  for (const [named, lines] of one.complaints) if (isMeant(named, line, among)) return ofWords(lines, seen);
  const sec = Math.round(one.sec);
  if (one.cut && isMeant(one.connecting, line, among))
    return { trouble: 'unreachable', said: `no connection within ${sec} s` };
  if (!isMeant(one.builder, line, among)) return null;
  if (one.cut) return { trouble: 'slow', said: `not done within ${sec} s` };
  const trouble = one.error === null ? null : builderTroubleOf([one.error]);
  // We were let in: what it says of files and connections is about the build.
  if (trouble !== null && atWork.includes(trouble)) return { trouble, said: one.error };
  const { reach } = seen;
  const isTrusted = !reach?.ok || reach.value.trusted !== false;
  // Whom it does not trust newer Nix sends the derivation itself, and fails in ways that do not say so.
  return { trouble: isTrusted || ownFailure.test(one.error ?? '') ? 'failed' : 'untrusted', said: one.error };
}

/** What ssh says where it tells us; else our own ssh, where it is that of Nix. */
function ofWords(lines: readonly string[], { reach, asNix }: BuilderSeen): Judged {
  const ours = asNix && reach?.ok && !reach.value.reachable ? reach.value.said : null;
  if (saysNothing(lines) && ours !== null)
    return { trouble: builderTroubleOf([ours]) ?? 'unreachable', said: ours };
  return { trouble: builderTroubleOf(lines) ?? 'failed', said: tellingLine(lines) };
}

function ofReach({ reach, asNix }: BuilderSeen): Judged | null {
  if (!asNix || reach === null) return null;
  if (!reach.ok)
    return reach.problem.kind === 'timeout'
      ? { trouble: 'unreachable', said: reach.problem.cause ?? null }
      : null;
  const { reachable, trusted, said } = reach.value;
  if (!reachable) return { trouble: (said && builderTroubleOf([said])) || 'unreachable', said };
  return trusted === false ? { trouble: 'untrusted', said: null } : null;
}

/** Why Nix does not even ask it, where it asked nobody who would. */
function ofLine({ line, offered, wanted, load }: BuilderSeen): Judged {
  if (line.systems.length > 0 && !line.systems.includes(wanted)) return { trouble: 'system', said: null };
  if (line.mandatory.length > 0) return { trouble: 'features', said: null };
  if (line.maxJobs === 0 || offered?.waits || (load !== null && load.busy >= line.maxJobs))
    return { trouble: 'slots', said: null };
  return none;
}

/**
 * Whether a build for one builder alone was kept from it: a daemon uses its own builders for who is not trusted. Newer
 * ones say so; from an old one it is seen by what it did, as a line that fits is either tried or waited for.
 */
export function isKeptFrom(
  line: ConfiguredBuilder,
  own: Try,
  { asNix }: Pick<BuilderSeen, 'asNix'>,
): boolean {
  if (own.restricted) return true;
  if (own.builder !== null) return !isMeant(own.builder, line, [line]);
  // Root is trusted: what became of it then is another matter.
  if (asNix) return false;
  return own.complaints.size === 0 && own.connecting === null && !own.waits && !own.cut && !isRefused(own);
}

function isRefused({ error }: Try): boolean {
  return error !== null && badLine.test(error);
}

/**
 * Whether an address that Nix names is that of a line: newer Nix writes it with what it makes of its parameters, so that
 * the one that is most like it is meant. Never of null.
 */
export function isMeant(
  named: string | null,
  line: ConfiguredBuilder,
  among: readonly ConfiguredBuilder[],
): boolean {
  if (named === null) return false;
  const like = likenesses.find((same) => among.some(({ address }) => same(named, address)));
  return like?.(named, line.address) === true;
}

const bare = (address: string) => address.replace(/\?.*$/, '').replace(/\/+$/, '');
const likenesses: readonly ((a: string, b: string) => boolean)[] = [
  (a, b) => a === b,
  (a, b) => bare(a) === bare(b),
  (a, b) => builderHost(a) === builderHost(b),
];
