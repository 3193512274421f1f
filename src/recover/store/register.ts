/** Paths that are there and needed, and that the database does not know: it learns of them again. */
import { plural } from '../../base/plural.ts';
import type { Result } from '../../base/problem.ts';
import type { Outcome } from '../../model/intents/outcome.ts';
import type { LostReport } from '../../model/recover/store-database.ts';
import type { RecoverContext, Step } from '../step.ts';
import { askDatabase, longMs, shortMs } from './ask-database.ts';
import { copyNote, setChanged } from './notes.ts';
import { failed } from './outcomes.ts';
import { listed, placesOf, whyNot } from './places.ts';

export const register: Step = {
  id: 'register',
  title: 'Register what is needed and unknown',
  why: 'a collection would take it away',
  needs: ['root'],
  async plan(context) {
    const no = whyNot(context);
    if (no !== null) return no;
    // Of a look at what would be: nothing is opened.
    if (context.notes.get(copyNote) === null)
      return { state: 'needless', why: 'looked for once there is a copy of the database' };
    const lost = await findLost(context);
    if (!lost.ok) return { state: 'impossible', why: `the database cannot be asked: ${lost.problem.cause}` };
    const { referrers, roots } = lost.value;
    if (referrers.length + roots.length === 0)
      return { state: 'needless', why: 'every root, and all that paths refer to, is known' };
    return {
      state: 'todo',
      asks: 'yes',
      lines: [
        ...(roots.length === 0 ? [] : [`${plural(roots.length, 'root')} that the database does not know:`]),
        ...listed(roots),
        ...(referrers.length === 0
          ? []
          : [`${plural(referrers.length, 'path')} with references that lead nowhere:`]),
        ...listed(referrers),
        'what they contain is read, and what it names that is on the disk is registered as it is',
      ],
    };
  },
  async act(context): Promise<Outcome> {
    const { database, store, state } = placesOf(context);
    await setChanged(context.notes);
    const order = { do: 'register', database, store, state } as const;
    const done = await askDatabase(order, context, { lock: 'beside', mostMs: longMs });
    if (!done.ok) return failed(done.problem, context);
    const { registered } = done.value;
    return {
      status: 'done',
      summary:
        registered.length === 0
          ? 'references put in order'
          : `registered ${plural(registered.length, 'path')}`,
      details: listed(registered),
    };
  },
};

export function findLost(context: RecoverContext): Promise<Result<LostReport>> {
  const { database, store, state } = placesOf(context);
  return askDatabase({ do: 'lost', database, store, state }, context, { mostMs: shortMs });
}
