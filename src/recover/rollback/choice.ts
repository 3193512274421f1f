/** The generation to go back to: the one that was chosen before, the one that is asked for, or the last good one. */
import { problemText, type Result } from '../../base/problem.ts';
import {
  type Generation,
  type GenerationList,
  generationOf,
  unsoundReason,
} from '../../model/nix-store/generations.ts';
import { readClosure } from '../../nix-store/closures.ts';
import { readGenerations } from '../../nix-store/generations.ts';
import { systemProfile } from '../../nix-store/profiles.ts';
import type { BootRecord } from '../../parse/boot-records.ts';
import type { Plan, RecoverContext } from '../step.ts';
import { readBootHistory } from './boot-history.ts';
import { type Booted, bootedOf, candidates } from './choose.ts';

export interface Choice {
  readonly list: GenerationList;
  readonly history: Result<readonly BootRecord[]>;
  readonly generation: Generation;
  readonly booted: Booted;
  /** By number: what is wrong with better ones. */
  readonly passed: ReadonlyMap<number, string>;
  /** Kept in the notes already. */
  readonly kept: boolean;
}

export type Impossible = Extract<Plan, { readonly state: 'impossible' }>;

const noteName = 'generation';
/** Closures that are looked at: each takes seconds. */
const mostLooked = 5;
const found = new WeakMap<RecoverContext, Promise<Choice | Impossible>>();

export async function choiceNow(context: RecoverContext): Promise<Choice | Impossible> {
  const list = await readGenerations(context.ports, systemProfile.target);
  if (!list.ok) return unreadable(list.problem.kind === 'gone', problemText(list.problem));
  const noted = notedIn(context, list.value);
  const { to } = context.wishes;
  if (noted !== null && (to === null || to === noted.number)) {
    const history = await readBootHistory(context.ports);
    return choiceOf(noted, list.value, history, { kept: true });
  }
  let choice = found.get(context);
  if (choice === undefined) {
    choice = to === null ? findLastGood(list.value, context) : findAsked(to, list.value, context);
    found.set(context, choice);
  }
  return choice;
}

export async function keepChoice({ generation }: Choice, { notes }: RecoverContext): Promise<void> {
  await notes.set(noteName, `${generation.number} ${generation.storePath}`);
}

/** Null: none, or it is not what it was. */
function notedIn({ notes }: RecoverContext, list: GenerationList): Generation | null {
  const [number, storePath] = (notes.get(noteName) ?? '').split(' ');
  const generation = generationOf(list, Number(number));
  return generation !== null && generation.storePath === storePath ? generation : null;
}

async function findAsked(
  number: number,
  list: GenerationList,
  context: RecoverContext,
): Promise<Choice | Impossible> {
  const generation = generationOf(list, number);
  if (generation === null) {
    const there = list.generations.map((one) => one.number);
    return impossible(`there is no generation ${number}`, `there are ${there.slice(0, 12).join(', ')}`);
  }
  const flaw = unsoundReason(generation) ?? (await closureFlaw(generation, context));
  if (flaw !== null)
    return impossible(`generation ${number} is not sound: ${flaw}`, 'choose another: --to N');
  return choiceOf(generation, list, await readBootHistory(context.ports));
}

async function findLastGood(list: GenerationList, context: RecoverContext): Promise<Choice | Impossible> {
  context.report({ text: 'looks in the journal what was booted' });
  const history = await readBootHistory(context.ports);
  const passed = new Map<number, string>();
  for (const generation of candidates(list, history).slice(0, mostLooked)) {
    const flaw = await closureFlaw(generation, context);
    if (flaw === null) return choiceOf(generation, list, history, { passed });
    passed.set(generation.number, flaw);
  }
  const flawed = [...passed].map(([number, flaw]) => `${number}: ${flaw}`);
  const why =
    flawed.length > 0
      ? `no older generation is sound: ${flawed.join('; ')}`
      : 'there is no sound generation older than the default';
  return impossible(why, 'repair the store (nixpulse recover store), or name one that is there: --to N');
}

/**
 * Null: all of its store paths are there, or nobody can tell: the rollback itself looks again. Of another root directory
 * nothing is asked.
 */
async function closureFlaw(generation: Generation, context: RecoverContext): Promise<string | null> {
  if (generation.storePath === null || !context.ports.files.live) return null;
  context.report({ text: `checks every store path of generation ${generation.number}` });
  const closure = await readClosure(context.ports, generation.storePath);
  if (!closure.ok)
    return closure.problem.cause?.includes('is not valid') ? 'its store path is not in the database' : null;
  const { missing, paths } = closure.value;
  return missing.length === 0 ? null : `${missing.length} of its ${paths.length} store paths are missing`;
}

function choiceOf(
  generation: Generation,
  list: GenerationList,
  history: Result<readonly BootRecord[]>,
  { passed = new Map<number, string>(), kept = false } = {},
): Choice {
  return { list, history, generation, booted: bootedOf(generation, history), passed, kept };
}

function unreadable(gone: boolean, why: string): Impossible {
  return gone
    ? impossible(
        `there is no ${systemProfile.target.path}: this is no NixOS`,
        'packages of a user: nix-env --rollback',
      )
    : impossible(why);
}

function impossible(why: string, way?: string): Impossible {
  return { state: 'impossible', why, ...(way === undefined ? {} : { way }) };
}
