/** All that is known of one cache, builder or check, line by line, and what to do about it. */
import { bytesText } from '../base/bytes.ts';
import { dateText, minuteText } from '../base/clock-time.ts';
import { lengthText, tookText } from '../base/duration.ts';
import { listText, plural } from '../base/plural.ts';
import { oneLine } from '../base/text.ts';
import type { CacheCheck } from '../model/cache-check/cache-check.ts';
import { hasFailed } from '../model/cache-check/failed.ts';
import type { BuilderRow } from '../model/caches/builder-rows.ts';
import type { Asked, CacheRow } from '../model/caches/cache-rows.ts';
import type { PeerRow } from '../model/caches/peer-list.ts';
import { placeName } from './causes.ts';
import { buildText, fetchText } from './check-run-words.ts';
import { builderRemedies, cacheRemedies } from './peer-remedies.ts';
import {
  agoText,
  builderStateWords,
  builderTroubles,
  cacheStateWords,
  cacheTroubleWords,
  signatureWords,
  type Words,
} from './peer-words.ts';

export interface PeerLines {
  readonly title: string;
  /** One word and why. */
  readonly state: Words;
  readonly facts: readonly string[];
  readonly remedies: readonly string[];
}

export interface PeerSight {
  /** Unix ms. */
  readonly nowMs: number;
  /** Names of the keys that nix.conf trusts; null: it was not read. */
  readonly trusted: readonly string[] | null;
  /** Lines of builders that Nix refuses. */
  readonly refused: readonly { readonly address: string; readonly why: string }[];
}

export function peerLines(row: PeerRow, sight: PeerSight): PeerLines {
  if (row.kind === 'cache') return cacheLines(row.cache, sight);
  if (row.kind === 'builder') return builderLines(row.builder, sight);
  return checkLines(row.check, sight);
}

const none = (text: string, isSo: boolean) => (isSo ? [text] : []);

function cacheLines(row: CacheRow, { nowMs, trusted }: PeerSight): PeerLines {
  const { address, configured, asked, checked, checkedMs } = row;
  return {
    title: address,
    state: cacheStateWords(row),
    facts: [
      ...none('It is one of the substituters of this machine.', configured === true),
      ...none(
        'It is none of the substituters of this machine: a client asks it by settings of its own, or a check did.',
        configured === false,
      ),
      ...(asked === null ? ['No rebuild that is followed has asked a cache.'] : askedLines(asked, nowMs)),
      ...(checked === null || checkedMs === null
        ? ['The last check, if there was one, did not ask it: nixpulse check-cache does.']
        : checkedCacheLines(checked, checkedMs, nowMs, trusted)),
    ],
    remedies: cacheRemedies(row),
  };
}

function askedLines(asked: Asked, nowMs: number): readonly string[] {
  const { answered, unanswered, answerSec, lostSec, retries, fetchedPaths, fetchedBytes } = asked;
  if (asked.asked + fetchedPaths + retries + unanswered === 0)
    return ['No rebuild that is followed has asked it.'];
  const open = asked.asked - answered - unanswered;
  const median = answerSec === null ? '' : `, in ${tookText(answerSec * 1000)} (median of the last)`;
  const parts = [
    `${answered} answered${median}`,
    ...none(`${unanswered} without an answer`, unanswered > 0),
    ...none(`${open} open`, open > 0),
    ...none(`asked again ${plural(retries, 'time')}`, retries > 0),
  ];
  const { said, httpStatus, offUntilMs, unsigned } = asked;
  return [
    `Rebuilds asked it ${plural(asked.asked, 'time')}: ${parts.join(', ')}.`,
    ...none(`It cost ${lengthText(lostSec * 1000)} in which nothing else went on.`, lostSec >= 0.5),
    ...none(`From it came ${plural(fetchedPaths, 'path')}, ${bytesText(fetchedBytes)}.`, fetchedPaths > 0),
    ...none(`${plural(unsigned, 'path')} of it had no signature that is trusted.`, unsigned > 0),
    ...none(
      `The log says last: ${oneLine(said ?? '')}${httpStatus === null ? '' : ` (HTTP ${httpStatus})`}`,
      said !== null && said !== '',
    ),
    ...none(`Nix asks it nothing until ${minuteText(offUntilMs ?? 0)}.`, (offUntilMs ?? 0) > nowMs),
  ];
}

function checkedCacheLines(
  checked: NonNullable<CacheRow['checked']>,
  checkedMs: number,
  nowMs: number,
  trusted: PeerSight['trusted'],
): readonly string[] {
  const { trouble, said, answerSec, lostSec, priority, narinfo, signature, keys, bytesPerSec } = checked;
  const answer = answerSec === null ? '' : `, and answered in ${tookText(answerSec * 1000)}`;
  const wrong = trouble === null ? null : cacheTroubleWords(trouble).text;
  const isInPart = trouble === 'timeout' && answerSec !== null;
  const found = isInPart
    ? `it answered in ${tookText(answerSec * 1000)}, but not all that it was asked came in time`
    : `${wrong ?? 'it is well'}${answer}`;
  const strangers = trusted === null ? [] : keys.filter((key) => !trusted.includes(key));
  return [
    `The last check, ${agoText(checkedMs, nowMs)}: ${found}.`,
    ...none(`It said: ${oneLine(said ?? '')}`, said !== null && said !== ''),
    ...none(`Nix would wait ${tookText(lostSec * 1000)} in vain for it, with each path.`, lostSec > 0),
    ...none(`Its priority is ${priority}: the lowest is asked first.`, priority !== null),
    ...none(
      `Of ${narinfo}: ${signature === null ? '' : signatureWords[signature]}${keys.length === 0 ? '' : ` (${listText(keys)})`}.`,
      narinfo !== null && signature !== null,
    ),
    ...none(`Not trusted by nix.conf: ${listText(strangers)}.`, strangers.length > 0),
    ...none(`A part of an archive came at ${bytesText(bytesPerSec)}/s.`, bytesPerSec !== null),
  ];
}

function builderLines(row: BuilderRow, { nowMs, refused }: PeerSight): PeerLines {
  const { address, configured, systems, features, mandatory, slots, busy, waiting, speedFactor } = row;
  const { checked, checkedMs } = row;
  return {
    title: address,
    state: builderStateWords(row),
    facts: [
      ...none('Its line is not in the settings of this machine.', configured === false),
      ...refused.map((line) => `Nix refuses the line of ${line.address}: ${line.why}.`),
      ...none(
        `It builds for ${systems.length === 0 ? 'the system of this machine' : listText(systems)}.`,
        configured === true,
      ),
      ...none(`It offers ${listText(features, 8)}.`, features.length > 0),
      ...none(`It takes only what wants ${listText(mandatory, 8)}.`, mandatory.length > 0),
      slots === null || busy === null
        ? 'How many of its slots are taken cannot be seen.'
        : `${busy} of ${plural(slots, 'slot')} taken by this machine${speedFactor === null || speedFactor === 1 ? '' : `; speed factor ${speedFactor}`}.`,
      ...none(
        `${plural(waiting ?? 0, 'build')} waiting to upload to it: one at a time does.`,
        (waiting ?? 0) > 0,
      ),
      ...(checked === null || checkedMs === null
        ? ['The last check, if there was one, did not ask it: nixpulse check-cache does.']
        : checkedBuilderLines(checked, checkedMs, nowMs)),
    ],
    remedies: builderRemedies(row),
  };
}

function checkedBuilderLines(
  checked: NonNullable<BuilderRow['checked']>,
  checkedMs: number,
  nowMs: number,
): readonly string[] {
  const { trouble, said, answerSec, nixVersion, trusted, used, buildSec, bytesPerSec } = checked;
  const answer = answerSec === null ? '' : `, and answered in ${tookText(answerSec * 1000)}`;
  const version = nixVersion === null ? '' : `, Nix ${nixVersion}`;
  const found = trouble === null ? 'nothing keeps it from building' : builderTroubles[trouble].text;
  return [
    `The last check, ${agoText(checkedMs, nowMs)}: ${found}${answer}${version}.`,
    ...none(`It said: ${oneLine(said ?? '')}`, said !== null && said !== ''),
    ...none('It does not trust who logs in.', trusted === false && trouble !== 'untrusted'),
    ...none('It took what all were offered.', used),
    ...none(`A small build of its own took ${tookText((buildSec ?? 0) * 1000)}.`, buildSec !== null),
    ...none(`Its result came back at ${bytesText(bytesPerSec)}/s.`, bytesPerSec !== null),
  ];
}

function checkLines(check: CacheCheck, { nowMs }: PeerSight): PeerLines {
  const { startedMs, endedMs, cut, caches, builders, proxyDisk } = check;
  return {
    title: `check of ${dateText(endedMs)} ${minuteText(endedMs)}`,
    state: cut
      ? { short: 'cut', text: 'it was ended before its end', tone: 'warning' }
      : hasFailed(check)
        ? { short: 'found', text: 'see below', tone: 'warning' }
        : { short: 'well', text: 'nothing was found', tone: 'ok' },
    facts: [
      `It ended ${agoText(endedMs, nowMs)} and took ${tookText(Math.max(0, endedMs - startedMs))}.`,
      `Fetch: ${fetchText(check)}.`,
      `Build: ${buildText(check)}.`,
      ...caches.map(({ address, trouble, said, answerSec }) =>
        found(address, trouble === null ? 'well' : cacheTroubleWords(trouble).text, answerSec, said),
      ),
      ...builders.map(({ address, trouble, said, answerSec }) =>
        found(placeName(address), trouble === null ? 'well' : builderTroubles[trouble].text, answerSec, said),
      ),
      ...(proxyDisk === null
        ? []
        : [
            `The proxy keeps ${bytesText(proxyDisk.usedBytes)} in ${proxyDisk.path}; ${bytesText(proxyDisk.availableBytes)} are left there.`,
          ]),
    ],
    remedies: [],
  };
}

function found(name: string, how: string, answerSec: number | null, said: string | null): string {
  const answer = answerSec === null ? '' : `, answered in ${tookText(answerSec * 1000)}`;
  return `${name}: ${how}${answer}${said === null ? '' : `: ${oneLine(said)}`}`;
}
