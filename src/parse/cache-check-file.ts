/** The file of check-cache (model/cache-check/check-file.ts): a run a line, as JSON. */
import { isFields, parseJsonObject } from '../base/fields.ts';
import type {
  BuildTest,
  CacheCheck,
  CheckedBuilder,
  CheckedCache,
  FetchTest,
  ProxyDisk,
} from '../model/cache-check/cache-check.ts';

/** The newest last. Lines that are none, or of a newer version, are left out. */
export function parseCacheChecks(text: string): readonly CacheCheck[] {
  return text.split('\n').flatMap((line) => (line === '' ? [] : (parseCacheCheck(line) ?? [])));
}

export function cacheCheckLine(check: CacheCheck): string {
  return `${JSON.stringify(check)}\n`;
}

function parseCacheCheck(line: string): CacheCheck | null {
  const row = parseJsonObject(line);
  return row !== null && row['version'] === 1 && fits(row, checkShape)
    ? (row as unknown as CacheCheck)
    : null;
}

type Kind = 'text' | 'number' | 'flag' | 'texts';
type Test = (value: unknown) => boolean;
/** Every key, so that a new one is not forgotten. */
type Shape<Row> = { readonly [Key in keyof Row]-?: Test };

const is: Readonly<Record<Kind, Test>> = {
  text: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  flag: (value) => typeof value === 'boolean',
  texts: (value) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
};
const orNull =
  (test: Test): Test =>
  (value) =>
    value === null || test(value);
const known = { text: orNull(is.text), number: orNull(is.number), flag: orNull(is.flag) };

function fits(value: unknown, shape: Shape<never> | Readonly<Record<string, Test>>): boolean {
  return isFields(value) && Object.entries<Test>(shape).every(([key, test]) => test(value[key]));
}
const row =
  <Row>(shape: Shape<Row>): Test =>
  (value) =>
    fits(value, shape);
const rows =
  <Row>(shape: Shape<Row>): Test =>
  (value) =>
    Array.isArray(value) && value.every(row(shape));

const cacheShape: Shape<CheckedCache> = {
  address: is.text,
  role: is.text,
  trouble: known.text,
  said: known.text,
  httpStatus: known.number,
  answerSec: known.number,
  lostSec: is.number,
  priority: known.number,
  massQuery: known.flag,
  storeDirectory: known.text,
  narinfo: known.text,
  signature: known.text,
  keys: is.texts,
  bytesPerSec: known.number,
};

const fetchShape: Shape<FetchTest> = {
  state: is.text,
  untested: known.text,
  said: known.text,
  package: known.text,
  large: is.flag,
  path: known.text,
  from: known.text,
  sec: known.number,
  bytes: known.number,
  fetched: is.number,
  removed: is.number,
};

const buildShape: Shape<BuildTest> = {
  state: is.text,
  untested: known.text,
  said: known.text,
  builder: known.text,
  sec: known.number,
};

const builderShape: Shape<CheckedBuilder> = {
  address: is.text,
  systems: is.texts,
  features: is.texts,
  mandatory: is.texts,
  slots: known.number,
  slotsBusy: known.number,
  waiting: known.number,
  speedFactor: known.number,
  trouble: known.text,
  said: known.text,
  answerSec: known.number,
  nixVersion: known.text,
  trusted: known.flag,
  used: is.flag,
  buildSec: known.number,
  bytesPerSec: known.number,
};

const proxyShape: Shape<ProxyDisk> = {
  path: is.text,
  usedBytes: known.number,
  files: known.number,
  availableBytes: known.number,
};

const checkShape: Shape<CacheCheck> = {
  version: is.number,
  startedMs: is.number,
  endedMs: is.number,
  cut: is.flag,
  textfile: known.text,
  caches: rows(cacheShape),
  fetch: row(fetchShape),
  build: row(buildShape),
  builders: rows(builderShape),
  proxyDisk: orNull(row(proxyShape)),
};
