/** What an error of Nix says went wrong; every wording from Nix 2.3 to the newest, Lix and Determinate Nix. */
import type { Download, Failure, FailureSaid, SystemWanted } from '../model/rebuild/failure.ts';
import { featuresOf, quoted, rawError } from './words.ts';

type Row = readonly [RegExp, (match: RegExpExecArray, text: string) => Failure | null];

const drv = String.raw`['"‘]([^'"’\n]+\.drv)(?:[!^][^'"’\n]*)?['"’]`;
const system = String.raw`['"‘]([^'"’\n]*)['"’](?: with features (\{[^}]*\}))?`;

/**
 * Why a build failed, behind `Cannot build 'D'.\nReason: ` (2.30 and newer) and behind `builder for 'D' ` (before,
 * and Lix): src/libstore/build/derivation-building-goal.cc.
 */
function reasonOf(drv: string, text: string): Failure | null {
  const code = /^(?:builder )?failed with exit code (\d+)/.exec(text)?.[1];
  if (code !== undefined) return { kind: 'exit', drv, code: Number(code) };
  const signal = /^(?:builder )?failed due to signal (\d+)(?: \(([^)]*)\))?/.exec(text);
  if (signal !== null)
    return { kind: 'signal', drv, signal: Number(signal[1]), name: signal[2]?.trim() || null };
  const count = /^(\d+) dependenc(?:y|ies) failed/.exec(text)?.[1];
  if (count !== undefined) return { kind: 'dependency', drv, count: Number(count) };
  const output = new RegExp(`failed to produce output path for output ${quoted}`).exec(text)?.[1];
  if (output !== undefined) return { kind: 'no-output', drv, output };
  return systemOf(drv, text);
}

/** `required system or feature not available` up to 2.33, then one of the three reasons. */
function systemOf(drv: string, text: string): Failure | null {
  const said =
    /^(platform mismatch|missing system features|local builds are disabled|required system or feature)/.exec(
      text,
    )?.[1];
  if (said === undefined) return null;
  const required = machineOf(new RegExp(`Required system: ${system}`).exec(text));
  const features = featuresOf(/Required features: (.*)/.exec(text)?.[1]);
  const local = machineOf(new RegExp(`Current system: ${system}`).exec(text));
  return {
    kind: 'system',
    drv,
    required: {
      system: required?.system ?? '',
      features: required?.features.length ? required.features : features,
    },
    local,
    reason: said.startsWith('local')
      ? 'no-local-builds'
      : reasonOfSystems(said.startsWith('platform'), required, local),
  };
}

function reasonOfSystems(
  mismatch: boolean,
  required: SystemWanted | null,
  local: SystemWanted | null,
): 'system' | 'features' {
  if (mismatch) return 'system';
  return required !== null && local !== null && required.system !== local.system ? 'system' : 'features';
}

function machineOf(match: RegExpExecArray | null): SystemWanted | null {
  return match === null ? null : { system: match[1] ?? '', features: featuresOf(match[2]) };
}

const rows: readonly Row[] = [
  // `build of 'D' on 'ssh-ng://…' failed: …` has what the other machine said behind it.
  [
    new RegExp(String.raw`^build of ${drv} on ${quoted} failed: (?:error: ?)?([\s\S]+)`),
    ([, path = '', host = '', inner = '']) => {
      const failure = failureOf(rawError(inner));
      return failure.kind === 'other' ? { kind: 'remote', drv: path, host } : withDrv(failure, path);
    },
  ],
  [
    new RegExp(String.raw`^Cannot build ${drv}\.\s*\nReason: ([\s\S]+)`),
    ([, path = '', reason = '']) => reasonOf(path, reason.trim()) ?? withDrv(failureOf(reason.trim()), path),
  ],
  [
    new RegExp(String.raw`^builder for ${drv} ([\s\S]+)`),
    ([, path = '', reason = '']) => reasonOf(path, reason),
  ],
  [
    new RegExp(`^(\\d+) dependenc(?:y|ies) of derivation ${drv} failed to build`),
    ([, count, path = '']) => ({ kind: 'dependency', drv: path, count: Number(count) }),
  ],
  // Nix up to 2.3: `cannot build derivation 'D': 1 dependencies couldn't be built`.
  [
    new RegExp(`^cannot build derivation ${drv}: (\\d+) dependenc`),
    ([, path = '', count]) => ({ kind: 'dependency', drv: path, count: Number(count) }),
  ],
  [
    new RegExp(`(?:^|${drv}[^\\n]* )timed out after (\\d+) seconds( of silence)?`),
    ([, path, seconds, silence], text) => ({
      kind: 'timeout',
      drv: path ?? null,
      seconds: Number(seconds),
      // Since 2.34 both limits are told in the same words, and without the derivation.
      silent: silence !== undefined ? true : text.startsWith('timed out') ? null : false,
    }),
  ],
  [
    /killed after writing more than (\d+) bytes of log output/,
    ([, bytes], text) => ({ kind: 'log-limit', drv: drvIn(text), bytes: Number(bytes) }),
  ],
  [
    /hash mismatch [\s\S]*?\n[ \t]*(?:specified|wanted|expected): *(\S+)[ \t]*\n[ \t]*got: *(\S+)/,
    ([, specified = '', got = ''], text) => ({
      kind: 'hash',
      drv: drvIn(text),
      specified,
      got,
      url: /likely URL: *(\S+)/.exec(text)?.[1] ?? new RegExp(`from ${quoted}`).exec(text)?.[1] ?? null,
    }),
  ],
  [
    new RegExp(`^a ${system} is required to build ${drv}, but I am a ${system}`),
    (match) => {
      const required = machineOf(match);
      const local: SystemWanted = { system: match[4] ?? '', features: featuresOf(match[5]) };
      return {
        kind: 'system',
        drv: match[3] ?? null,
        required: required ?? local,
        local,
        reason: reasonOfSystems(false, required, local),
      };
    },
  ],
  [/^Failed to find a machine for remote build!/, (_, text) => noMachineOf(text)],
  [
    new RegExp(`^path ${quoted} is required, but there is no substituter that can build it`),
    ([, path = '']) => ({ kind: 'no-substituter', drv: null, path }),
  ],
  [
    /^some substitutes for the outputs of derivation/,
    (_, text) => ({ kind: 'substitutes', drv: drvIn(text) }),
  ],
  [
    new RegExp(`path ${quoted} because it (?:lacks a signature|is not signed)`),
    ([, path = '']) => ({ kind: 'unsigned', drv: null, path, from: null }),
  ],
  [
    new RegExp(
      `^(?:cannot build on|cannot open connection to remote store|failed to start SSH connection to) ${quoted}`,
    ),
    ([, host = '']) => ({ kind: 'remote', drv: null, host }),
  ],
  [
    /cycle detected in (?:build of|the references of)/,
    (_, text) => ({
      kind: 'cycle',
      drv: drvIn(text),
      outputs: [...text.matchAll(new RegExp(`(?:output|references of|from) ${quoted}`, 'g'))].map(
        (match) => match[1] ?? '',
      ),
    }),
  ],
  [
    new RegExp(`derivation ${drv} may not be deterministic(?:: output ${quoted})?`),
    ([, path = '', output]) => ({ kind: 'not-deterministic', drv: path, output: output ?? null }),
  ],
  [/^Nix daemon out of memory/, () => ({ kind: 'daemon-memory', drv: null })],
  [
    /^(?:Nix daemon disconnected unexpectedly|unexpected end-of-file$)/,
    () => ({ kind: 'daemon-gone', drv: null }),
  ],
  // An expected hash of zeros is none: the database has not recorded it.
  // LocalStore::repairPath, `nix store repair`; verification; SQLite of the store and of caches (src/libstore/sqlite.cc).
  [
    new RegExp(`path ${quoted} (?:is corrupted or missing|was modified!(?! expected hash .sha256:0+\\b))`),
    ([, path = ''], text) => ({ kind: 'damaged', drv: drvIn(text), what: 'path', path }),
  ],
  [
    /database disk image is malformed|file is not a database/,
    (_, text) => {
      const path = /['"‘(\s](\/[^'"’\s()]+\.sqlite)\b/.exec(text)?.[1] ?? null;
      const isCache = path !== null && !/\/db\/[^/]*$/.test(path);
      return { kind: 'damaged', drv: drvIn(text), what: isCache ? 'cache' : 'database', path };
    },
  ],
  [/^interrupted by the user/, () => ({ kind: 'interrupted', drv: null })],
  [
    /No space left on device|database or disk is full|Disk quota exceeded/i,
    (_, text) => ({ kind: 'space', drv: drvIn(text), path: pathOfSpace(text) }),
  ],
  [
    /unable to download /,
    (_, text) => {
      const download = downloadOf(text);
      return download === null ? null : { kind: 'network', drv: null, ...download };
    },
  ],
];

/** Of an error's raw text, without `error:` and its indentation. Never fails: what is not known is `other`. */
export function failureOf(text: string): Failure {
  for (const [pattern, make] of rows) {
    const match = pattern.exec(text);
    const failure = match === null ? null : make(match, text);
    if (failure !== null) return failure;
  }
  return { kind: 'other', drv: drvIn(text) };
}

/** The whole message: the failure, its first telling line, and the log lines that stand in it. */
export function failureSaid(raw: string): FailureSaid {
  const text = rawError(raw);
  const lines = /\n *[Ll]ast \d+ log lines:\n((?: *>[^\n]*(?:\n|$))+)/.exec(text)?.[1];
  return {
    failure: failureOf(text),
    text: tellingLine(text),
    spaceNote: text.includes('may have been caused by lack of free disk space'),
    lastLines:
      lines === undefined
        ? []
        : lines
            .trimEnd()
            .split('\n')
            .map((line) => line.replace(/^ *> ?/, '')),
  };
}

/** `Cannot build 'D'.` alone tells nothing: its reason belongs to it. */
function tellingLine(text: string): string {
  const [first = '', second = ''] = text.split('\n', 2);
  const line = second.startsWith('Reason: ') ? `${first} ${second}` : first;
  return line.replace(/[;:]$/, '');
}

/**
 * `unable to download 'U': HTTP error 404 (curl error: …)`, `unable to download 'U': Could not connect to server
 * (7) …; retrying in 251 ms (attempt 1/5)`.
 */
export function downloadOf(text: string): Download | null {
  const match = new RegExp(`unable to download ${quoted}: ([\\s\\S]*)`).exec(text);
  if (match?.[1] === undefined) return null;
  const why = (match[2] ?? '').split('\n')[0] ?? '';
  const status = /^HTTP error (\d+)/.exec(why)?.[1];
  const curl = /^[^;]*?\((\d+)\)/.exec(why)?.[1];
  return {
    url: match[1],
    httpStatus: status === undefined ? null : Number(status),
    curlCode: status !== undefined || curl === undefined ? null : Number(curl),
    text: why.replace(/; retrying .*$/, '').trim(),
  };
}

/**
 * `([x86_64-linux, i686-linux], 4, [kvm], [])`, one machine a line, under the line that says so: systems, maxjobs,
 * supported and mandatory features, in old versions without brackets (src/build-remote/build-remote.cc).
 */
function noMachineOf(text: string): Failure {
  const required = /required \(system, features\): \(([^,]*), ?(?:\[|\{)?([^)\]}]*)/.exec(text);
  const rest = text.slice(text.indexOf('mandatoryFeatures)'));
  return {
    kind: 'no-machine',
    drv: /derivation: (\S+\.drv)/.exec(text)?.[1] ?? null,
    required: { system: required?.[1]?.trim() ?? '', features: featuresOf(required?.[2]) },
    machines: rest.split('\n').flatMap((line) => {
      const [, systems = '', jobs, features = ''] = /^ *\(\[?([^\])]*?)\]?, (\d+), (.*)\)$/.exec(line) ?? [];
      if (jobs === undefined) return [];
      const supported = /^\[([^\]]*)\]/.exec(features)?.[1] ?? features.slice(0, features.lastIndexOf(', '));
      return [{ system: systems.trim(), features: featuresOf(supported), maxJobs: Number(jobs) }];
    }),
  };
}

function drvIn(text: string): string | null {
  return new RegExp(drv).exec(text)?.[1] ?? null;
}

/** `writing to file '/nix/store/…': No space left on device`: the file, where one is named. */
function pathOfSpace(text: string): string | null {
  return /['"‘]?(\/[^'"’\s:]+)['"’]?: (?:No space left|Disk quota)/i.exec(text)?.[1] ?? null;
}

function withDrv(failure: Failure, drv: string): Failure {
  switch (failure.kind) {
    case 'timeout':
    case 'log-limit':
    case 'hash':
    case 'system':
    case 'no-machine':
    case 'space':
    case 'substitutes':
    case 'remote':
    case 'cycle':
    case 'other':
      return { ...failure, drv: failure.drv ?? drv };
    default:
      return failure;
  }
}
