/** A Nix on the fake spawn port: a store of paths that are sound or not, and commands that say so as Nix does. */

import type { ActionContext } from '../../src/actions/action.ts';
import { fail, ok, type Result } from '../../src/base/problem.ts';
import type { Intent } from '../../src/model/intents/intent.ts';
import type { Progress } from '../../src/model/intents/outcome.ts';
import { createFakePorts, type FakePorts } from './fake-ports.ts';
import type { FakeStream } from './fake-spawn.ts';

export type PathHealth = 'sound' | 'corrupt' | 'missing' | 'unreadable' | 'deleted';

export interface StoreWorld {
  readonly ports: FakePorts;
  readonly context: ActionContext;
  readonly reports: readonly Progress[];
  /** What each path is; `verify-path` and repairs look here, so that a test can change it meanwhile. */
  readonly health: Map<string, PathHealth>;
  /** What an unspoilt command answers; a test may put its own before it. */
  answer: (command: readonly string[]) => FakeStream | Result<never> | null;
  readonly ran: readonly (readonly string[])[];
  cancel(): void;
}

export const stateDirectory = '/home/ada/.local/state/nixpulse';

export function storePath(n: number, name = `package-${n}`): string {
  return `/nix/store/${String(n).padStart(10, '0').padEnd(32, '0')}-${name}`;
}

/** Without `nice` and `ionice` in front. */
function withoutPriority(command: readonly string[]): readonly string[] {
  return command.slice(command.findIndex((word) => word.startsWith('nix')));
}

export function errorLine(text: string): string {
  const msg = `\u001b[31;1merror:\u001b[0m ${text}`;
  return `2>@nix ${JSON.stringify({ action: 'msg', level: 0, msg, raw_msg: text })}`;
}

export function createStoreWorld(
  health: Readonly<Record<string, PathHealth>>,
  options: { readonly uid?: number; readonly live?: boolean; readonly tools?: boolean } = {},
): StoreWorld {
  const ports = createFakePorts({ native: { uid: options.uid ?? 0 } });
  const files = Object.assign(ports.files, { live: options.live ?? true });
  const abort = new AbortController();
  const reports: Progress[] = [];
  const ran: (readonly string[])[] = [];
  const world: StoreWorld = {
    ports: { ...ports, files },
    context: {
      ports: { ...ports, files },
      readForest: () => null,
      stateDirectory,
      report: (progress) => reports.push(progress),
      cancelled: abort.signal,
    },
    reports,
    health: new Map(Object.entries(health)),
    answer: () => null,
    ran,
    cancel: () => abort.abort(),
  };
  ports.spawn.onRun = () =>
    options.tools === false
      ? fail('gone', 'nice')
      : ok({ exitCode: 0, signal: null, stdout: '', stderr: '' });
  ports.spawn.onStream = (file, args) => {
    const command = withoutPriority([file, ...args]);
    ran.push(command);
    return world.answer(command) ?? answerOf(command, world.health);
  };
  return world;
}

function answerOf(command: readonly string[], health: Map<string, PathHealth>): FakeStream | Result<never> {
  const [file, ...args] = command;
  const has = (word: string) => args.includes(word);
  if (file === 'nix-store' && has('--dump-db'))
    return { lines: [...health.keys()].flatMap((path) => [path, 'hash', '1048576', '', '0']) };
  if (file === 'nix' && has('verify')) return verifyAll(health);
  if (file === 'nix-store' && has('--verify-path')) return verifyOne(args.at(-1) ?? '', health);
  return fail('unsupported', command.join(' '), 'no answer in this test');
}

function verifyAll(health: Map<string, PathHealth>): FakeStream {
  const say = (event: object) =>
    `2>@nix ${JSON.stringify(event).replace('"ID', '9007199254740').replace('ID"', '')}`;
  const whole = 'ID993ID';
  const lines = [say({ action: 'start', id: whole, level: 0, text: '', type: 107 })];
  let [done, failed, bits, number] = [0, 0, 0, 0];
  for (const [path, state] of health) {
    number += 1;
    const id = `ID${1000 + number}ID`;
    lines.push(say({ action: 'start', id, level: 3, text: `checking '${path}'`, type: 0 }));
    if (state === 'corrupt') {
      lines.push(
        say({ action: 'result', id, fields: [path], type: 103 }),
        `2>@nix ${JSON.stringify({ action: 'msg', level: 0, msg: modified(path) })}`,
      );
      bits |= 1;
    }
    lines.push(say({ action: 'stop', id }));
    const error = errorOf(path, state);
    if (error !== null) lines.push(errorLine(error));
    if (error === null) done += 1;
    else {
      failed += 1;
      bits |= 4;
    }
    lines.push(say({ action: 'result', id: whole, fields: [done, health.size, 0, failed], type: 105 }));
  }
  lines.push(say({ action: 'stop', id: whole }));
  return { lines, exitCode: bits };
}

function verifyOne(path: string, health: Map<string, PathHealth>): FakeStream {
  const state = health.get(path) ?? 'deleted';
  if (state === 'sound') return { exitCode: 0 };
  if (state === 'corrupt') return { lines: [`2>${modified(path)}`], exitCode: 1 };
  return { lines: [`2>error: ${errorOf(path, state)}`], exitCode: 1 };
}

function modified(path: string): string {
  return `path '${path}' was modified! expected hash 'sha256:aaa', got 'sha256:bbb'`;
}

function errorOf(path: string, state: PathHealth): string | null {
  if (state === 'missing') return `getting status of '${path}': No such file or directory`;
  if (state === 'unreadable') return `reading from file '${path}/bin/x': Input/output error`;
  return state === 'deleted' ? `path '${path}' is not valid` : null;
}

export function intentOf<T extends Intent['type']>(
  intent: Extract<Intent, { type: T }>,
): Extract<Intent, { type: T }> {
  return intent;
}
