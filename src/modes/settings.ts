/** The settings in force: of the machine, then of the user, or of the one file that is named. Flags are laid over them by who has them. */
import { resolve } from 'node:path';
import type { Problem } from '../base/problem.ts';
import { type Complaint, complaintText } from '../model/settings/setting.ts';
import type { Ports } from '../platform/ports.ts';
import { type SettingsInForce, settingsInForce } from '../settings/settings.ts';
import { configFiles } from './environment.ts';
import type { Given } from './mode.ts';

export interface ReadSettings extends SettingsInForce {
  /** Of all files, in their order; empty: all of them are right. */
  readonly complaints: readonly Complaint[];
  /** Those that are there, the one that wins last. */
  readonly files: readonly string[];
}

/** What is asked of the world: all of a mode's Given has it. */
export interface SettingsGiven extends Pick<Given, 'environment'> {
  readonly invocation: Pick<Given['invocation'], 'config'>;
  readonly ports: Pick<Ports, 'ownFiles' | 'native'>;
}

/** Ours has a tenth of it. */
const mostBytes = 256 * 1024;

/**
 * Never throws and never waits for long: a disk that does not answer is a complaint. What is wrong costs its own key;
 * whether one goes on with the rest is the caller's.
 */
export async function readSettings(given: SettingsGiven): Promise<ReadSettings> {
  const { invocation, environment, ports } = given;
  const named = invocation.config === null ? null : resolve(invocation.config);
  const paths = named === null ? configFiles(environment) : [named];
  const read = await Promise.all(paths.map((path) => readOne(path, named !== null, ports)));
  const files = read.flatMap(({ path, text }) => (text === null ? [] : [{ path, text }]));
  // The parser is loaded where there is something to parse.
  const parse = files.length === 0 ? null : (await import('../settings/parse-settings.ts')).parseSettings;
  const parsed = parse === null ? [] : files.map(({ path, text }) => parse(text, path));
  return {
    ...settingsInForce(parsed.map((one) => one.given)),
    complaints: [...read.flatMap(({ complaints }) => complaints), ...parsed.flatMap((one) => one.complaints)],
    files: files.map(({ path }) => path),
  };
}

interface OneFile {
  readonly path: string;
  /** Null: not there, or not to be used. */
  readonly text: string | null;
  readonly complaints: readonly Complaint[];
}

/** `named`: by the user, who answers for it; and it has to be there. */
async function readOne(
  path: string,
  named: boolean,
  { ownFiles, native }: SettingsGiven['ports'],
): Promise<OneFile> {
  const without = (cause: string) => ({ path, text: null, complaints: [{ file: path, line: null, cause }] });
  const trust = named ? {} : { trustedBy: native.uid };
  const read = await ownFiles.read(path, { maxBytes: mostBytes + 1, ...trust });
  if (!read.ok) {
    const nothing = { path, text: null, complaints: [] };
    return read.problem.kind === 'gone' && !named ? nothing : without(whyUnread(read.problem, native.uid));
  }
  const tooLong = Buffer.byteLength(read.value) > mostBytes;
  return tooLong
    ? without(`longer than ${mostBytes / 1024} KB: not read`)
    : { path, text: read.value, complaints: [] };
}

function whyUnread({ kind, cause }: Problem, uid: number): string {
  if (kind === 'gone') return 'there is no such file';
  if (kind === 'denied')
    return cause === undefined
      ? 'may not be read'
      : `not used as ${uid === 0 ? 'root' : `uid ${uid}`}: ${cause}`;
  return kind === 'timeout' ? 'its disk does not answer' : `cannot be read: ${cause ?? kind}`;
}

export function complaintLines({ complaints }: Pick<ReadSettings, 'complaints'>): readonly string[] {
  return complaints.map(complaintText);
}
