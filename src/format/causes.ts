/** Why something failed, in words: a row per kind of cause. */
import { bytesText } from '../base/bytes.ts';
import { lengthText } from '../base/duration.ts';
import { listText } from '../base/plural.ts';
import { oneLine, withoutEscapes } from '../base/text.ts';
import { nameOfPath } from '../model/nix-store/store-path.ts';
import type { Cause, RootCause } from '../model/rebuild/cause.ts';
import type { SystemWanted } from '../model/rebuild/failure.ts';
import type { Position } from '../model/rebuild/position.ts';
import { cgroupName } from './shortages.ts';
import { hostOf } from './words.ts';

type Words = { readonly [Kind in Cause['kind']]: (cause: Extract<Cause, { kind: Kind }>) => string };

const words: Words = {
  'out-of-memory': outOfMemory,
  killed: ({ by }) => (by === 'us' ? 'killed from nixpulse' : 'killed by signal 9, by whom is unknown'),
  signal: ({ signal, name }) => `signal ${signal}${name === null ? '' : ` (${name})`}`,
  exit: ({ code }) => `exit code ${code}`,
  space,
  timeout: ({ seconds, silent }) => {
    const limit = lengthText(seconds * 1000);
    if (silent === true) return `timed out: ${limit} without a line`;
    return `timed out after ${limit}${silent === null ? ', in all or without a line' : ''}`;
  },
  'log-limit': ({ bytes }) => `its log was longer than ${bytesText(bytes)}`,
  hash: ({ specified, got }) => `hash mismatch: got ${got}, specified ${specified}`,
  system,
  network,
  'no-substituter': ({ paths }) =>
    paths.length === 0 ? 'no cache has it' : `no cache has ${listText(paths.map(nameOfPath), 3)}`,
  unsigned: ({ path }) => `${nameOfPath(path)} is signed by no trusted key`,
  remote: ({ host }) => `it could not be built on ${hostOf(host)}`,
  'no-output': ({ output }) => `it did not make its output ${output}`,
  cycle: ({ outputs }) =>
    outputs.length === 0 ? 'its outputs need each other' : `its outputs ${listText(outputs)} need each other`,
  'not-deterministic': ({ output }) =>
    `not deterministic: ${output === null ? '' : `${nameOfPath(output)} `}came out otherwise the second time`,
  evaluation: (cause) =>
    `${cause.recursion ? 'infinite recursion' : 'evaluation failed'}${positionText(cause)}`,
  'daemon-memory': () => 'the daemon was out of memory',
  'daemon-gone': () => 'the connection to the daemon was lost',
  interrupted: () => 'interrupted',
  tool,
  unknown: ({ told }) => (told === 'timeout' ? 'timed out' : told === 'hash' ? 'a hash does not match' : ''),
};

/** One clause: `out of memory: the kernel killed cc1plus`, `exit code 2`; '' where nothing is known. */
export function failureCauseText<Known extends Cause>(cause: Known): string {
  return (words[cause.kind] as (cause: Known) => string)(cause);
}

type Said = Pick<RootCause, 'cause' | 'text' | 'lines'>;

/** The clause, and what was said last where that tells more: `exit code 2: make: *** [all] Error 1`. */
export function rootCauseText(root: Said): string {
  return joined(causeClause(root), saidText(root));
}

/** The same with what it took with it: `exit code 2, +39 not built because of it: make: *** [all] Error 1`. */
export function rootCauseRow(root: Said & Pick<RootCause, 'drvs' | 'dependents'>): string {
  const { drvs, dependents } = root;
  const clauses = [
    causeClause(root),
    ...(drvs.length > 1 ? [`+${drvs.length - 1} failed of it`] : []),
    ...(dependents.length > 0 ? [`+${dependents.length} not built because of it`] : []),
  ];
  return joined(clauses.filter((clause) => clause !== '').join(', '), saidText(root));
}

function causeClause({ cause, text }: Said): string {
  const clause = failureCauseText(cause);
  return clause === '' ? oneLine(withoutEscapes(text)) : clause;
}

function saidText({ cause, text, lines }: Said): string {
  return oneLine(withoutEscapes(moreOf(cause, text, lines)));
}

function joined(clause: string, said: string): string {
  return said === '' ? clause : `${clause}: ${said}`;
}

/** Of causes that say little more than that it failed. */
function moreOf(cause: Cause, text: string, lines: readonly string[]): string {
  switch (cause.kind) {
    case 'exit':
    case 'signal':
      return lines.findLast((line) => withoutEscapes(line).trim() !== '') ?? '';
    case 'evaluation':
      return cause.recursion ? '' : text;
    case 'tool':
      return cause.reason === 'command' ? text : '';
    default:
      return '';
  }
}

function outOfMemory({
  scope,
  cgroup,
  certainty,
  process,
}: Extract<Cause, { kind: 'out-of-memory' }>): string {
  const limit =
    scope === 'cgroup' ? ` at the limit of ${cgroup === null ? 'its cgroup' : cgroupName(cgroup)}` : '';
  const probably = certainty === 'certain' ? '' : 'probably ';
  return `${probably}out of memory${limit}: the kernel killed ${process === null ? 'a process of it' : oneLine(process)}`;
}

function space({ of, mountPoint, path, guess }: Extract<Cause, { kind: 'space' }>): string {
  const perhaps = guess ? 'perhaps ' : '';
  const where = mountPoint ?? path;
  if (of === 'inodes') return `${perhaps}no inodes left on ${where ?? 'a file system'}`;
  if (of === 'own-limit')
    return `${perhaps}no space within a limit of its own (${where ?? 'the file system'} has room)`;
  return `${perhaps}no space left${where === null ? '' : ` on ${where}`}`;
}

function system({ reason, required, local, offers }: Extract<Cause, { kind: 'system' }>): string {
  const elsewhere = offers.length === 0 ? '' : `; ${listText(offers.map(hostOf))} would do`;
  if (reason === 'no-local-builds')
    return `nothing is built here (max-jobs = 0) and nobody else does${elsewhere}`;
  if (reason === 'system') {
    const here = local === null ? '' : `, this is ${local.system}`;
    return `needs ${required.system}${here}${elsewhere}`;
  }
  return `needs ${wantedFeatures(required, local)}${elsewhere}`;
}

/** Those that are missing here, where it is known what is here. */
function wantedFeatures({ features, system: needed }: SystemWanted, local: SystemWanted | null): string {
  const missing = features.filter((feature) => local?.features.includes(feature) !== true);
  if (missing.length === 0) return needed;
  return `the system ${missing.length === 1 ? 'feature' : 'features'} ${listText(missing)}`;
}

function network({ cache, url, httpStatus, text }: Extract<Cause, { kind: 'network' }>): string {
  const place = cache ?? url ?? '';
  const what = place === '' ? 'a download' : cache === null ? `the download of ${place}` : placeName(place);
  if (httpStatus != null) return `${what} failed: HTTP ${httpStatus}`;
  return text === undefined || text === '' ? `${what} failed` : `${what} failed: ${oneLine(text)}`;
}

/** `https://cache.nixos.org` → `cache.nixos.org`, `ssh-ng://a@big` → `big`. */
export function placeName(place: string): string {
  return /^[a-z0-9+.-]+:\/\/[^/]/i.test(place) ? hostOf(place) : place;
}

function tool({ reason, names }: Extract<Cause, { kind: 'tool' }>): string {
  const named = names.length === 0 ? '' : ` ${listText(names)}`;
  switch (reason) {
    case 'lock':
      return 'another switch holds the lock';
    case 'checks':
      return 'a check before the switch failed';
    case 'bootloader':
      return 'the bootloader could not be installed';
    case 'boot-space':
      return 'the boot partition has no room: the boot menu was not written';
    case 'activation':
      return `the activation failed${named === '' ? '' : ` for${named}`}`;
    case 'units':
      return `${names.length === 1 ? 'the unit' : 'units'}${named} failed`;
    case 'command':
      return 'a command of it failed';
    case 'command-signal':
      return 'a command of it was killed';
  }
}

/** ` at configuration.nix:12:3`; a file in the store without the path of its source. */
function positionText({ file, line, column }: Position): string {
  if (file === null) return '';
  const name = file.replace(/^\/nix\/store\/[^/]+\//, '');
  return ` at ${[name, line, column].filter((part) => part !== null).join(':')}`;
}
