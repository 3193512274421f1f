/** What the verification found damaged, put right one after the other; and who needs what could not be. */
import { repair as repairPaths } from '../../actions/repair.ts';
import { plural } from '../../base/plural.ts';
import type { Outcome } from '../../model/intents/outcome.ts';
import { damagedPaths, repairWarning } from '../../model/nix-store/store-check.ts';
import type { Plan, RecoverContext, Step } from '../step.ts';
import { setChanged } from './notes.ts';
import { listed, placesOf, whyNot } from './places.ts';
import { lastOf } from './verify.ts';

const mostAsked = 10;
const mostRoots = 3;

export const repair: Step = {
  id: 'repair',
  title: 'Repair what is damaged',
  why: 'from a cache, or by building it again',
  needs: ['root', 'network', 'minutes'],
  optional: true,
  async plan(context): Promise<Plan> {
    const no = whyNot(context);
    if (no !== null) return no;
    const paths = await damagedNow(context);
    if (paths === null) return { state: 'needless', why: 'the store was not verified yet' };
    if (paths.length === 0) return { state: 'needless', why: 'no path is damaged' };
    return {
      state: 'todo',
      asks: { word: 'repair' },
      lines: [`${plural(paths.length, 'path')}:`, ...listed(paths), repairWarning],
    };
  },
  async act(context): Promise<Outcome> {
    const paths = (await damagedNow(context)) ?? [];
    await setChanged(context.notes);
    const outcome = await repairPaths({ type: 'repair', paths }, context);
    const left = (await damagedNow(context)) ?? [];
    const needed: string[] = [];
    for (const path of left.slice(0, mostAsked)) needed.push(await neededText(path, context));
    return { ...outcome, details: [...outcome.details, ...needed] };
  },
};

async function damagedNow(context: RecoverContext): Promise<readonly string[] | null> {
  const last = await lastOf(context);
  // Of another store that shares our state, nothing.
  const { store } = placesOf(context);
  return last === null ? null : damagedPaths(last).filter((path) => path.startsWith(`${store}/`));
}

async function neededText(path: string, { ports }: RecoverContext): Promise<string> {
  const run = await ports.spawn.run('nix-store', ['--query', '--roots', path], { timeoutMs: 60_000 });
  if (!run.ok || run.value.exitCode !== 0) return `${path}: who needs it is not known`;
  const roots = run.value.stdout.split('\n').filter((line) => line.trim() !== '');
  if (roots.length === 0) return `${path}: nothing needs it; the garbage collection takes it away`;
  const more = roots.length > mostRoots ? ` and ${roots.length - mostRoots} more` : '';
  return `${path} is needed by ${roots.slice(0, mostRoots).join(', ')}${more}`;
}
