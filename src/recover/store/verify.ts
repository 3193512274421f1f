/** The store, read and compared with its hashes; and once more after it was changed. */
import { verify as verifyStore } from '../../actions/verify.ts';
import { reasonOf } from '../../actions/wording.ts';
import type { Outcome } from '../../model/intents/outcome.ts';
import { damagedPaths, type StoreVerification, verificationText } from '../../model/nix-store/store-check.ts';
import { readLastVerification } from '../../nix-store/last-verification.ts';
import type { RecoverContext, Step } from '../step.ts';
import { changedNote, verifiedNote } from './notes.ts';
import { whyNot } from './places.ts';

const lines = ['nix store verify --all: every path is read, last in line for CPU and disk'];

export const verify: Step = {
  id: 'verify',
  title: 'Verify the store',
  why: 'says which paths are not what they were, and changes nothing',
  needs: ['minutes'],
  async plan(context) {
    const no = whyNot(context);
    if (no !== null) return no;
    if (context.notes.get(verifiedNote) === null) return { state: 'todo', asks: 'yes', lines };
    const last = await lastOf(context);
    const why = last === null ? 'it was verified' : verificationText(last, context.ports.clock.now());
    return { state: 'needless', why };
  },
  act: (context) => verifyAndNote(context, true),
};

export const verifyAgain: Step = {
  id: 'verify-again',
  title: 'Verify it again',
  why: 'what was done is believed when it was seen',
  needs: ['minutes'],
  async plan(context) {
    const no = whyNot(context);
    if (no !== null) return no;
    if (context.notes.get(changedNote) !== 'yes') return { state: 'needless', why: unchangedWords(context) };
    return { state: 'todo', asks: 'yes', lines };
  },
  act: (context) => verifyAndNote(context, false),
};

/** Of a look at what would be: it is not so far yet. */
function unchangedWords({ notes }: RecoverContext): string {
  return notes.get(verifiedNote) === null
    ? 'only where a step before it changes something'
    : 'nothing was changed since it was verified';
}

/** What the last verification found; null: none, or it cannot be read. */
export async function lastOf({ ports, stateDirectory }: RecoverContext): Promise<StoreVerification | null> {
  const last = await readLastVerification(ports, stateDirectory);
  return last.ok ? last.value : null;
}

/** `damageIsDone`: to have found damage is what it was for. */
async function verifyAndNote(context: RecoverContext, damageIsDone: boolean): Promise<Outcome> {
  const { notes, ports, stateDirectory } = context;
  const since = ports.clock.now();
  const outcome = await verifyStore({ type: 'verify' }, context);
  const kept = await readLastVerification(ports, stateDirectory);
  if (!kept.ok)
    return { ...outcome, status: 'failed', details: [...outcome.details, reasonOf(kept.problem)] };
  const last = kept.value;
  const isWhole = last !== null && last.status !== 'cancelled' && Date.parse(last.time) >= since;
  if (!isWhole || outcome.status === 'cancelled') return outcome;
  await notes.set(verifiedNote, last.time);
  await notes.set(changedNote, '');
  // The next step repairs.
  const details = outcome.details.filter((line) => !line.startsWith('to repair them:'));
  const isDone = damageIsDone || damagedPaths(last).length === 0;
  return { ...outcome, status: isDone ? 'done' : 'failed', details };
}
