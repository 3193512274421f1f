/** A run of check-cache as a file or a recording has it, read: whatever stands there, what comes out is one. */
import { flag, listOf, number, object, oneOf, orNull, text } from '../../base/reader.ts';
import type {
  BuilderTrouble,
  BuildTest,
  CacheCheck,
  CacheTrouble,
  CheckedBuilder,
  CheckedCache,
  FetchTest,
  ProxyDisk,
  SignatureState,
  Untested,
} from './cache-check.ts';

const maybeText = orNull(text);
const maybeNumber = orNull(number);
const maybeFlag = orNull(flag);
const most = 256;
const texts = listOf(text, most);

/** Every value, so that a new one is not forgotten. */
const keysOf = <Word extends string>(words: Readonly<Record<Word, true>>) =>
  oneOf(...(Object.keys(words) as Word[]));

const cacheTrouble = keysOf<CacheTrouble>({
  unreachable: true,
  timeout: true,
  denied: true,
  status: true,
  'no-cache': true,
  'other-store': true,
  unsigned: true,
  untrusted: true,
  'bad-signature': true,
  'broken-nar': true,
});
const signature = keysOf<SignatureState>({
  good: true,
  bad: true,
  untrusted: true,
  unsigned: true,
  'not-needed': true,
  'unknown-kind': true,
});
const untested = keysOf<Untested>({
  'all-present': true,
  'no-package': true,
  'no-cache': true,
  evaluation: true,
  time: true,
  'left-out': true,
  'no-nix': true,
  denied: true,
});
const builderTrouble = keysOf<BuilderTrouble>({
  unreachable: true,
  'host-key': true,
  login: true,
  untrusted: true,
  system: true,
  features: true,
  slots: true,
  refused: true,
  slow: true,
  failed: true,
});

const cache = object<CheckedCache>({
  address: text,
  role: oneOf('local', 'upstream', 'other'),
  trouble: orNull(cacheTrouble),
  said: maybeText,
  httpStatus: maybeNumber,
  answerSec: maybeNumber,
  lostSec: number,
  priority: maybeNumber,
  massQuery: maybeFlag,
  storeDirectory: maybeText,
  narinfo: maybeText,
  signature: orNull(signature),
  keys: texts,
  bytesPerSec: maybeNumber,
});

const fetch = object<FetchTest>({
  state: oneOf('hit', 'elsewhere', 'missing', 'failed', 'untested'),
  untested: orNull(untested),
  said: maybeText,
  package: maybeText,
  large: flag,
  path: maybeText,
  from: maybeText,
  sec: maybeNumber,
  bytes: maybeNumber,
  fetched: number,
  removed: number,
});

const build = object<BuildTest>({
  state: oneOf('built', 'declined', 'failed', 'unconfigured', 'untested'),
  untested: orNull(untested),
  said: maybeText,
  builder: maybeText,
  sec: maybeNumber,
});

const builder = object<CheckedBuilder>({
  address: text,
  systems: texts,
  features: texts,
  mandatory: texts,
  slots: maybeNumber,
  slotsBusy: maybeNumber,
  waiting: maybeNumber,
  speedFactor: maybeNumber,
  trouble: orNull(builderTrouble),
  said: maybeText,
  answerSec: maybeNumber,
  nixVersion: maybeText,
  trusted: maybeFlag,
  used: flag,
  buildSec: maybeNumber,
  bytesPerSec: maybeNumber,
});

const proxyDisk = object<ProxyDisk>({
  path: text,
  usedBytes: maybeNumber,
  files: maybeNumber,
  availableBytes: maybeNumber,
});

export const readCheck = object<CacheCheck>({
  version: oneOfNumber(1),
  startedMs: number,
  endedMs: number,
  cut: flag,
  textfile: maybeText,
  caches: listOf(cache, most),
  fetch,
  build,
  builders: listOf(builder, most),
  proxyDisk: orNull(proxyDisk),
});

function oneOfNumber<const N extends number>(wanted: N) {
  return (value: unknown): N | undefined => (value === wanted ? wanted : undefined);
}
