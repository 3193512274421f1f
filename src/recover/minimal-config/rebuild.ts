/** nixos-rebuild on the minimal configuration: its command, and a build that is calm. */

import { reasonOf } from '../../actions/wording.ts';
import { shellWord } from '../../base/shell-word.ts';
import type { Outcome } from '../../model/intents/outcome.ts';
import { endWords } from '../../nix-store/cancellable.ts';
import { within } from '../../probes/check/within.ts';
import { runProgram } from '../../probes/run-program.ts';
import { probing } from '../probing.ts';
import type { Plan, RecoverContext } from '../step.ts';
import type { EvaluatedConfig } from './evaluated.ts';

/** Everything from source on a small machine; Ctrl-C ends it before. */
const buildMs = 24 * 3600_000;
const tailLines = 5;
/** A note: what was evaluated, and the system that was built of it. */
const made = 'built';

/** `--no-flake`: /etc/nixos/flake.nix would be taken otherwise. One build at once, on two cores: for this rebuild alone. */
export function rebuildCommand(
  verb: 'build' | 'boot',
  path: string,
  { nixpkgs }: EvaluatedConfig,
  { environment }: Pick<RecoverContext, 'environment'>,
): readonly [string, ...string[]] {
  // Who has it set: nixos/default.nix takes it before <nixos-config>.
  const own = environment['NIXOS_CONFIG'] === undefined ? [] : ['env', `NIXOS_CONFIG=${path}`];
  const [file = '', ...words] = [...own, 'nixos-rebuild', verb, '--no-flake'];
  return [
    ...([file, ...words] as const),
    ...['-I', `nixos-config=${path}`, '-I', `nixpkgs=${nixpkgs.path}`],
    ...['--max-jobs', '1', '--cores', '2'],
  ];
}

export function commandText(command: readonly string[]): string {
  return command.map(shellWord).join(' ');
}

/** Null: it may. Another rebuild of the system would be undone by ours, or undo it. */
export async function whyNotNow(context: RecoverContext): Promise<Plan | null> {
  const found = await context.ports.spawn.run('sh', ['-c', 'command -v -- nixos-rebuild'], {
    timeoutMs: 5000,
  });
  if (!found.ok || found.value.exitCode !== 0)
    return { state: 'impossible', why: 'nixos-rebuild is not in the PATH' };
  const { clients } = await context.look();
  const processes = context.readForest()?.processes ?? [];
  // One that was killed stays until its parent has heard of it.
  const ended = new Set(processes.filter(({ state }) => state === 'Z').map(({ pid }) => pid));
  const other = clients.find(
    ({ tool, activation, pid }) => (tool === 'nixos-rebuild' || activation !== null) && !ended.has(pid),
  );
  if (other === undefined) return null;
  const way = 'wait for its end; then it goes on here';
  return { state: 'impossible', why: `${other.command} (pid ${other.pid}) is under way`, way };
}

/**
 * The system; null: it is not built. Of a nixpkgs that is a git repository nixos-rebuild names the commit in it, and
 * makes another one than the evaluation told.
 */
export async function builtSystem(
  { output }: EvaluatedConfig,
  { notes, ports: { files } }: RecoverContext,
): Promise<string | null> {
  const [of = '', system = ''] = (notes.get(made) ?? '').split(' ');
  const path = of === output && system !== '' ? system : output;
  return (await files.ownerSlow(path, { deadlineMs: 5000 })).ok ? path : null;
}

export async function build(
  path: string,
  evaluated: EvaluatedConfig,
  context: RecoverContext,
): Promise<Outcome> {
  const tail: string[] = [];
  const command = rebuildCommand('build', path, evaluated, context);
  context.report({ text: 'builds it' });
  const run = await within(buildMs, 'nixos-rebuild build', probing(context), (bounded) =>
    runProgram(bounded, inOwnDirectory(context, command), {
      onLine(line) {
        if (line.trim() === '') return;
        if (tail.push(line) > tailLines) tail.shift();
        context.report({ text: line });
      },
    }),
  );
  if (context.cancelled.aborted) return { status: 'cancelled', summary: 'it is not built', details: [] };
  if (!run.ok)
    return { status: 'failed', summary: `it is not built: ${reasonOf(run.problem)}`, details: tail };
  if (run.value.exitCode === 0) {
    const link = await context.ports.files.linkSlow(resultLink(context));
    if (link.ok) await context.notes.set(made, `${evaluated.output} ${link.value}`);
    return { status: 'done', summary: 'built', details: [] };
  }
  return { status: 'failed', summary: `nixos-rebuild build ${endWords(run.value)}`, details: tail };
}

/** Its link `result` keeps what is built from the garbage collector, and lies where nobody looks for his own. */
function inOwnDirectory(
  { stateDirectory }: RecoverContext,
  command: readonly string[],
): readonly [string, ...string[]] {
  return ['sh', '-c', 'cd -- "$0" && exec "$@"', `${stateDirectory}/recover`, ...command];
}

export function resultLink({ stateDirectory }: Pick<RecoverContext, 'stateDirectory'>): string {
  return `${stateDirectory}/recover/result`;
}
