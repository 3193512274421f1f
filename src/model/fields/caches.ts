/** Fields of caches and builders, and of what the last checks found. */
import type { CacheCheck } from '../cache-check/cache-check.ts';
import { signatureHolds } from '../cache-check/judged.ts';
import type { BuilderRow } from '../caches/builder-rows.ts';
import type { Asked, CacheRow } from '../caches/cache-rows.ts';
import type { CachesRaw } from '../caches/caches-raw.ts';
import type { Model } from '../model.ts';
import {
  bytes,
  changingFlag,
  changingText,
  count,
  type Field,
  flag,
  list,
  number,
  seconds,
  text,
  time,
  within,
} from './field.ts';

const settingFields: readonly Field<CachesRaw>[] = [
  list(
    'trustedKeys',
    'TRUSTED KEYS',
    'Names of `trusted-public-keys` of nix.conf; null: not read.',
    (m) => m.keys,
  ),
  list(
    'refusedBuilders',
    'REFUSED',
    'Builders whose lines Nix refuses, and with them all of them.',
    ({ refused }) => refused.map(({ address, why }) => `${address}: ${why}`),
  ),
];

const testFields: readonly Field<CachesRaw['day']>[] = [
  count(
    'fetches',
    'TESTS',
    'Runs of check-cache in the day up to the last one that had a local cache to hit.',
  ),
  count('hits', 'HITS', 'Of those the ones whose package came from it.'),
];

export const cacheSettingFields: readonly Field<Model>[] = [
  ...within('cacheSettings', (m: Model) => m.caches, settingFields),
  ...within('cacheTests', (m: Model) => m.caches?.day ?? null, testFields),
];

const asked =
  <Value>(read: (asked: Asked) => Value) =>
  (row: CacheRow) =>
    row.asked === null ? null : read(row.asked);

export const cacheFields: readonly Field<CacheRow>[] = [
  text('address', 'CACHE', 'Without parameters and usual port.'),
  flag(
    'configured',
    'CONFIGURED',
    'It is in nix.conf; null: that was not read. Others are of settings of a client.',
  ),
  changingText(
    'state',
    'STATE',
    'By what is newest of it, logs or check. `answers`; `partly`: some questions had no answer; `silent`: none had one; `off`: Nix leaves it out for a while; `unknown`: nobody asked it within a day; else what the check found: `unreachable`, `timeout`, `denied`, `status`, `no-cache`, `other-store`, `unsigned`, `untrusted`, `bad-signature`, `broken-nar`.',
  ),
  count(
    'asked',
    'ASKED',
    'Questions of the rebuilds whose logs are followed, of all together; null: none is followed, or has asked a cache.',
    asked((one) => one.asked),
  ),
  count(
    'answered',
    'ANSWERED',
    'Of those, answered; `no` is an answer.',
    asked((one) => one.answered),
  ),
  count(
    'unanswered',
    'UNANSWERED',
    'Of those, given up.',
    asked((one) => one.unanswered),
  ),
  seconds(
    'answerSec',
    'ANSWER',
    'Median of the last answers, as exact as a tick.',
    asked((one) => one.answerSec),
  ),
  seconds(
    'lostSec',
    'LOST',
    'In which it was waited for in vain, and nothing was built.',
    asked((one) => one.lostSec),
  ),
  count(
    'retries',
    'RETRIES',
    'How often it was asked again.',
    asked((one) => one.retries),
  ),
  count(
    'fetchedPaths',
    'PATHS',
    'Paths that came from it.',
    asked((one) => one.fetchedPaths),
  ),
  bytes(
    'fetchedBytes',
    'FETCHED',
    'Over the network, from it.',
    asked((one) => one.fetchedBytes),
  ),
  count(
    'unsigned',
    'UNSIGNED',
    'Paths that it has and nobody trusted has signed.',
    asked((one) => one.unsigned),
  ),
  text(
    'said',
    'SAID',
    'What the log says last of what went wrong with it.',
    asked((one) => one.said),
  ),
  ...within('check', (row: CacheRow) => row.checked, [
    text(
      'trouble',
      'CHECK',
      'What the last check found; null: nothing. `check` is null where none has asked it.',
    ),
    seconds('answerSec', 'CHECK ANSWER', 'Until it answered the check.'),
    number('priority', 'PRIORITY', 'The lowest is asked first.'),
    changingFlag(
      'signatureValid',
      'SIGNATURE',
      'Of a path that it has: by a trusted key, and it holds; null: none was seen.',
      signatureHolds,
    ),
    list('keys', 'SIGNED BY', 'Keys that have signed it.'),
  ]),
];

export const builderFields: readonly Field<BuilderRow>[] = [
  text(
    'address',
    'BUILDER',
    'As its line has it; of one that no settings name the machine, by its log or ssh.',
  ),
  text('name', 'NAME', 'Its machine; the address where two are of one.'),
  flag('configured', 'CONFIGURED', 'It is in the settings of this machine; null: they were not read.'),
  list('systems', 'SYSTEMS', 'Empty: that of this machine, or not known where it is not configured.'),
  list('features', 'FEATURES', 'That it offers, mandatory ones among them.'),
  list('mandatory', 'MANDATORY', 'It takes nothing that does not want all of these.'),
  count('slots', 'SLOTS', 'Jobs at most; null: nobody says.'),
  count('busy', 'BUSY', 'Slots that this machine has taken; null: it cannot be seen.'),
  count('waiting', 'WAITING', 'Builds that wait to upload to it; null: it cannot be seen.'),
  list('builds', 'BUILDS', 'Names of derivations that it builds for this machine now.'),
  changingText(
    'idle',
    'IDLE',
    'Why it builds nothing. `refused`: Nix refuses a line, and with it all; `no-slots`; `check`: what a check of the last day found; `nothing`: no build waits; `system`: what waits is of other systems; `unknown`. Null: it works.',
    (row) => row.idle?.kind ?? null,
  ),
  ...within('check', (row: BuilderRow) => row.checked, [
    text(
      'trouble',
      'CHECK',
      'What the last check found: `unreachable`, `host-key`, `login`, `untrusted`, `system`, `features`, `slots`, `refused`, `slow`, `failed`; null: nothing. `check` is null where none has asked it.',
    ),
    seconds('answerSec', 'LATENCY', 'Until its store answered the check.'),
    text('nixVersion', 'NIX', 'Version of Nix there.'),
    flag('trusted', 'TRUSTED', 'Its daemon trusts who logs in; null: it does not say.'),
  ]),
];

const well = (those: readonly { readonly trouble: unknown }[]) =>
  those.filter(({ trouble }) => trouble === null).length;

export const cacheCheckFields: readonly Field<CacheCheck>[] = [
  time('startTime', 'STARTED', 'When it began, ISO 8601 in UTC.', (check) => check.startedMs),
  time('endTime', 'ENDED', 'When it ended, ISO 8601 in UTC.', (check) => check.endedMs),
  flag('cut', 'CUT', 'It was ended before its end.'),
  ...within('fetch', ({ fetch }: CacheCheck) => fetch, [
    text('state', 'FETCH', '`hit`: from the local cache; `elsewhere`; `missing`; `failed`; `untested`.'),
    text('package', 'PACKAGE', 'What was fetched.'),
    text('from', 'FROM', 'Address of the cache that it came from.'),
    seconds('tookSec', 'FETCH TOOK', 'How long it took.', (fetch) => fetch.sec),
    bytes('fetchedBytes', 'FETCHED', 'How much came for it, compressed.', (fetch) => fetch.bytes),
  ]),
  ...within('build', ({ build }: CacheCheck) => build, [
    text(
      'state',
      'BUILD',
      '`built` elsewhere; `declined`; `failed`; `unconfigured`: no builders; `untested`.',
    ),
    text('builder', 'BY', 'Address of the builder that took it.'),
    seconds('tookSec', 'BUILD TOOK', 'How long it took, copying counted in.', (build) => build.sec),
  ]),
  count('caches', 'CACHES', 'Caches that were asked.', (check) => check.caches.length),
  count('cachesWell', 'CACHES WELL', 'Of those, without trouble.', (check) => well(check.caches)),
  count('builders', 'BUILDERS', 'Builders that were asked.', (check) => check.builders.length),
  count('buildersWell', 'BUILDERS WELL', 'Of those, without trouble.', (check) => well(check.builders)),
];
