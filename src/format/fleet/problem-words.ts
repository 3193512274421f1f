/** Why a Prometheus, or a file with which to ask it, is of no use; and how a visit to a machine ended. */
import type { Problem } from '../../base/problem.ts';
import { oneLine, withoutCommands } from '../../base/text.ts';

/** `mon:9090: it wants another token or password (HTTP 401)`. */
export function askedProblem({ where, kind, cause }: Problem): string {
  // `mon:9090 refuses the connection` says it; a proxy before it has another name.
  return cause?.includes(where) === true ? cause : `${where}: ${cause ?? problemWords[kind]}`;
}

const problemWords: Readonly<Record<Problem['kind'], string>> = {
  gone: 'it is not there',
  denied: 'it may not be read',
  malformed: 'it is not what it should be',
  timeout: 'it does not answer in time',
  exhausted: 'something ran out',
  unsupported: 'it is not supported',
};

export interface SshEnd {
  /** Null: a signal ended it, or it could not be started. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Why it could not be started. */
  readonly error: string | null;
  /** What ssh itself wrote on stderr. */
  readonly said: string;
}

/** Null where there is nothing to say. ssh(1): 255 is an error of its own, any other code that of the command. */
export function sshEndText(host: string, { exitCode, signal, error, said }: SshEnd): string | null {
  if (error !== null) return `ssh cannot be started: ${error}`;
  if (signal !== null) return signal === 'SIGINT' ? null : `ssh to ${host} was ended by ${signal}`;
  if (exitCode === 255) return `${host}: ${lastSaid(said) ?? 'ssh has failed and does not say why'}`;
  if (exitCode === 127) return `${host}: nixpulse is not found there`;
  return exitCode === 0 || exitCode === 130 ? null : `${host}: nixpulse ended there with ${exitCode}`;
}

function lastSaid(said: string): string | null {
  const lines = said.split(/[\r\n]+/).map((line) => oneLine(withoutCommands(line)));
  const told = lines.filter((line) => line !== '' && !/^Connection to \S+ closed\.$/.test(line));
  return told.at(-1)?.replace(/^ssh: /, '') ?? null;
}
