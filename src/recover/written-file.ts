/** A file that a procedure writes for people: once, never over one that is there, and it has to parse as Nix. */
import { reasonOf, refused } from '../actions/wording.ts';
import { plural } from '../base/plural.ts';
import type { Outcome } from '../model/intents/outcome.ts';
import { parseNixFile } from '../probes/parse-nix.ts';
import { probing } from './probing.ts';
import type { Plan, RecoverContext } from './step.ts';

const mostBytes = 1 << 20;
const note = 'file';

/** `name`: where `--output` names none. */
export function placeOfFile({ wishes: { output, directory } }: RecoverContext, name: string): string {
  return output ?? `${directory === '/' ? '' : directory}/${name}`;
}

/**
 * What stands between us and the file. Null: it is not there, and may be written. One of ours is gone on with, whatever
 * was changed in it since.
 */
export async function planFile(context: RecoverContext, path: string, text: string): Promise<Plan | null> {
  const there = await context.ports.ownFiles.read(path, { maxBytes: mostBytes });
  if (!there.ok) {
    if (there.problem.kind === 'gone') return null;
    return { state: 'impossible', why: reasonOf(there.problem), way: elsewhere };
  }
  const isOurs = context.notes.get(note) === path;
  if (!isOurs && there.value !== text)
    return { state: 'impossible', why: `${path} is there already, and is left as it is`, way: elsewhere };
  const parsed = await parseNixFile(path, probing(context));
  if (!parsed.ok) {
    const { kind } = parsed.problem;
    const why = kind === 'malformed' ? 'it does not parse' : 'it was not parsed';
    return { state: 'impossible', why: `${why}: ${reasonOf(parsed.problem)}` };
  }
  const changed = there.value === text ? '' : ', changed since it was written';
  return { state: 'needless', why: `${path} is there and parses (${lengthOf(there.value)})${changed}` };
}

export async function writeFile(context: RecoverContext, path: string, text: string): Promise<Outcome> {
  // Before it: what a crash leaves is known to be ours.
  await context.notes.set(note, path);
  const written = await context.ports.ownFiles.replace(path, text, {
    shared: true,
    fresh: true,
    makesDirectory: false,
  });
  if (written.ok) return { status: 'done', summary: `wrote ${path}`, details: [] };
  const { kind, cause } = written.problem;
  if (cause === 'EEXIST') return refused(`${path} is there already, and is left as it is`, elsewhere);
  return {
    status: kind === 'denied' ? 'denied' : 'failed',
    summary: `it could not be written: ${reasonOf(written.problem)}`,
    details: [elsewhere],
  };
}

export function rowsOf(text: string): readonly string[] {
  return text.replace(/\n$/, '').split('\n');
}

const elsewhere = '--output FILE names another place';

function lengthOf(text: string): string {
  return plural(rowsOf(text).length, 'line');
}
