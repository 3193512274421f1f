/** Old generations of the system and of users: each keeps a whole closure. */
import { bytesText } from '../../base/bytes.ts';
import { plural } from '../../base/plural.ts';
import { orNull } from '../../base/problem.ts';
import { shellWord } from '../../base/shell-word.ts';
import type { Outcome } from '../../model/intents/outcome.ts';
import { slowly } from '../../nix-store/generation-soundness.ts';
import { readGenerations } from '../../nix-store/generations.ts';
import { findProfiles } from '../../nix-store/profiles.ts';
import type { Ports } from '../../platform/ports.ts';
import type { Plan, RecoverContext, Step } from '../step.ts';
import { menuScript, writeMenu } from './menu.ts';
import { deleteCommand, deleteGenerations, linksOf, type OldGenerations, oldOf } from './old-generations.ts';
import { roomNow, storeRoom } from './room.ts';
import { forgetGarbage, garbageNow } from './store-gain.ts';

const keep = 5;
const menuNote = 'menu';
const shown = new WeakMap<Ports, readonly OldGenerations[]>();

interface Found {
  readonly own: readonly OldGenerations[];
  /** Commands for those who own the others: root would leave files in their homes. */
  readonly others: readonly string[];
}

export const generationsStep: Step = {
  id: 'generations',
  title: 'Old generations',
  why: `the last ${keep}, the default, the running and the booted one stay`,
  needs: [],
  optional: true,
  async plan(context) {
    const room = storeRoom(await roomNow(context));
    // A menu that names what is deleted is written whether there is room or not.
    const isDue = context.notes.get(menuNote) === 'due' && context.ports.native.may('administer');
    if (isDue) return planMenu(context);
    if (room !== null) return { state: 'needless', why: room };
    const { own, others } = await findOld(context);
    if (own.length === 0) {
      const [first] = others;
      if (first === undefined || shown.has(context.ports))
        return {
          state: 'needless',
          why: `none that may go${first === undefined ? '' : `; of others: ${first}`}`,
        };
      const denied = !context.ports.native.may('administer');
      return { state: 'impossible', denied, why: 'old ones are other users’', way: first };
    }
    shown.set(context.ports, own);
    const look = context.ports.native.may('administer') ? await garbageNow(context) : null;
    const bytes = look?.bytesBehind(new Set(own.flatMap(linksOf)));
    return {
      ...{ state: 'todo', asks: { word: 'delete' } },
      lines: [
        ...own.map((one) => `nix-env ${deleteCommand(one).map(shellWord).join(' ')}`),
        `they alone keep: ${bytes === undefined ? 'not known' : `about ${bytesText(bytes)}`}`,
        ...(own.some(isSystem) ? ['then the boot menu is written anew, without them'] : []),
        ...others.map((command) => `left to its owner: ${command}`),
      ],
    };
  },
  async act(context): Promise<Outcome> {
    const isLeft = context.notes.get(menuNote) === 'due';
    const all = isLeft ? [] : (shown.get(context.ports) ?? []);
    const isOfSystem = isLeft || all.some(isSystem);
    if (isOfSystem) await context.notes.set(menuNote, 'due');
    const details: string[] = [];
    let count = 0;
    for (const one of all) {
      if (context.cancelled.aborted) break;
      const deleted = await deleteGenerations(one, keep, context);
      count += deleted.count;
      if (deleted.problem !== null) details.push(deleted.problem);
    }
    forgetGarbage(context);
    const menu = isOfSystem ? await writeMenu(context) : null;
    if (isOfSystem && menu === null) await context.notes.set(menuNote, '');
    if (menu !== null) details.push(`the boot menu may still name some: ${menu}`);
    return {
      status: context.cancelled.aborted ? 'cancelled' : details.length > 0 ? 'incomplete' : 'done',
      summary: isLeft ? 'the boot menu is written' : `${plural(count, 'generation')} deleted`,
      details,
    };
  },
};

/** Generations of the system were deleted, and the menu was not written since: it was killed between, or it failed. */
async function planMenu(context: RecoverContext): Promise<Plan> {
  const script = await menuScript(context);
  if ('why' in script) return { state: 'impossible', why: `the boot menu is to be written: ${script.why}` };
  const lines = ['it may still name generations that were deleted', `${script.path} boot`];
  return { state: 'todo', asks: 'yes', lines };
}

function isSystem({ profile }: OldGenerations): boolean {
  return profile.kind === 'system';
}

async function findOld({ ports }: RecoverContext): Promise<Found> {
  const own: OldGenerations[] = [];
  const others: string[] = [];
  for (const { target, user } of await findProfiles(ports)) {
    const list = await readGenerations(ports, target);
    const old = list.ok ? oldOf(list.value, keep) : null;
    if (old === null || old.numbers.length === 0) continue;
    const owner = orNull(await ports.files.ownerSlow(target.path, slowly));
    const isOwn = target.kind === 'system' ? ports.native.may('administer') : owner?.uid === ports.native.uid;
    if (isOwn) own.push(old);
    else {
      const as = user === null ? 'sudo' : `sudo -u ${shellWord(user)}`;
      others.push(`${as} nix-env ${deleteCommand(old).map(shellWord).join(' ')}`);
    }
  }
  return { own, others: others.slice(0, 10) };
}
