/** The data of each kind of cause: what a recorded one must have. One of another version is none. */
import { isFields } from '../../base/fields.ts';
import type { Cause } from '../rebuild/cause.ts';

type Is = (value: unknown) => boolean;
type DataOf<Known> = { readonly [Name in Exclude<keyof Known, 'kind'>]-?: Is };
type CauseData = { readonly [Kind in Cause['kind']]: DataOf<Extract<Cause, { kind: Kind }>> };

const number: Is = (value) => Number.isFinite(value);
const flag: Is = (value) => typeof value === 'boolean';
const text: Is = (value) => typeof value === 'string';
const texts: Is = (value) => Array.isArray(value) && value.every(text);
const orNull =
  (is: Is): Is =>
  (value) =>
    value === null || is(value);
const orAbsent =
  (is: Is): Is =>
  (value) =>
    value === undefined || is(value);
const oneOf =
  (...words: readonly string[]): Is =>
  (value) =>
    words.includes(value as string);
const system: Is = (value) => isFields(value) && text(value['system']) && texts(value['features']);

const causeData: CauseData = {
  'out-of-memory': {
    scope: orNull(oneOf('machine', 'cgroup')),
    cgroup: orNull(text),
    certainty: oneOf('certain', 'likely'),
    process: orNull(text),
  },
  killed: { by: oneOf('us', 'unknown') },
  signal: { signal: number, name: orNull(text) },
  exit: { code: number },
  space: {
    of: orNull(oneOf('blocks', 'inodes', 'own-limit')),
    mountPoint: orNull(text),
    path: orNull(text),
    guess: flag,
  },
  timeout: { seconds: number, silent: orNull(flag) },
  'log-limit': { bytes: number },
  hash: { specified: text, got: text, url: orNull(text) },
  system: {
    reason: oneOf('system', 'features', 'no-local-builds'),
    required: system,
    local: orNull(system),
    offers: texts,
  },
  network: {
    cache: orNull(text),
    url: orAbsent(text),
    httpStatus: orAbsent(orNull(number)),
    curlCode: orAbsent(orNull(number)),
    text: orAbsent(text),
  },
  'no-substituter': { paths: texts },
  unsigned: { path: text },
  remote: { host: text },
  'no-output': { output: text },
  cycle: { outputs: texts },
  'not-deterministic': { output: orNull(text) },
  evaluation: { recursion: flag, file: orNull(text), line: orNull(number), column: orNull(number) },
  'daemon-memory': {},
  'daemon-gone': {},
  interrupted: {},
  tool: {
    reason: oneOf('lock', 'checks', 'bootloader', 'activation', 'units', 'command', 'command-signal'),
    names: texts,
  },
  unknown: { told: orAbsent(oneOf('timeout', 'hash')) },
};

export function isCause(value: unknown): value is Cause {
  if (!isFields(value) || typeof value['kind'] !== 'string') return false;
  const { kind } = value;
  if (!Object.hasOwn(causeData, kind)) return false;
  const data: Readonly<Record<string, Is>> = causeData[kind as Cause['kind']];
  return Object.entries(data).every(([name, is]) => is(value[name]));
}
