/** Links to results of builds keep their closures alive, long after anybody needs them. */
import { bytesText } from '../../base/bytes.ts';
import { dateText } from '../../base/clock-time.ts';
import { plural } from '../../base/plural.ts';
import { shellWord } from '../../base/shell-word.ts';
import type { Outcome } from '../../model/intents/outcome.ts';
import { slowly } from '../../nix-store/generation-soundness.ts';
import { type ResultLink, readResultLinks, rootsDirectory } from '../../nix-store/result-links.ts';
import type { Ports } from '../../platform/ports.ts';
import type { RecoverContext, Step } from '../step.ts';
import { roomNow, storeRoom } from './room.ts';
import { forgetGarbage, garbageNow } from './store-gain.ts';

/** In one list that a person reads. */
const most = 25;
const shown = new WeakMap<Ports, readonly ResultLink[]>();

export const linksStep: Step = {
  id: 'links',
  title: 'Links to results of builds',
  why: 'each ./result keeps all it needs; the link goes, what it leads to stays until garbage is collected',
  needs: [],
  optional: true,
  async plan(context) {
    const room = storeRoom(await roomNow(context));
    if (room !== null) return { state: 'needless', why: room };
    const { files, native } = context.ports;
    const read = await readResultLinks(files);
    if (!read.ok) {
      if (read.problem.kind === 'gone')
        return { state: 'needless', why: `there are none in ${rootsDirectory}` };
      return { state: 'impossible', why: `${rootsDirectory}: ${read.problem.cause ?? read.problem.kind}` };
    }
    const { links, others } = read.value;
    const before = shown.get(context.ports);
    if (before?.every((one) => !isIn(one, links)) === true)
      return { state: 'needless', why: `${plural(before.length, 'link')} removed, ${links.length} left` };
    if (links.length === 0) return { state: 'needless', why: `there are none; ${othersText(others)}` };
    const own = native.may('administer') ? links : links.filter(({ uid }) => uid === native.uid);
    if (own.length === 0)
      return { state: 'impossible', denied: true, why: `all ${links.length} are other users’` };
    const listed = own.slice(0, most);
    shown.set(context.ports, listed);
    return {
      ...{ state: 'todo', asks: { word: 'unlink' } },
      lines: [
        ...(await linkLines(listed, context)),
        ...(own.length > listed.length
          ? [`${own.length - listed.length} younger ones are left this time`]
          : []),
        othersText(others),
      ],
    };
  },
  async act(context): Promise<Outcome> {
    const { files, ownFiles } = context.ports;
    const removed: string[] = [];
    const details: string[] = [];
    for (const link of shown.get(context.ports) ?? []) {
      if (context.cancelled.aborted) break;
      // What leads elsewhere by now, or was made again since, is not what was agreed to.
      const owner = await files.ownerSlow(link.path, slowly);
      if (!owner.ok && owner.problem.kind === 'gone') continue;
      const { path, storePath: target, uid } = link;
      const isSame = owner.ok && owner.value.mtimeMs === link.dateMs;
      const done = isSame ? await ownFiles.removeLink(path, { target, uid }) : null;
      if (done?.ok === true) removed.push(path);
      else if (done === null || done.problem.kind === 'malformed')
        details.push(`${path} is another one by now: left alone`);
      else details.push(`${link.path}: ${done.problem.cause ?? done.problem.kind}`);
    }
    forgetGarbage(context);
    return {
      status: context.cancelled.aborted ? 'cancelled' : details.length > 0 ? 'incomplete' : 'done',
      summary: `${plural(removed.length, 'link')} removed`,
      details,
    };
  },
};

function isIn(link: ResultLink, links: readonly ResultLink[]): boolean {
  return links.some(({ path, storePath }) => path === link.path && storePath === link.storePath);
}

/** Of whoever may not know all roots nobody can tell what hangs on one. */
async function linkLines(links: readonly ResultLink[], context: RecoverContext): Promise<readonly string[]> {
  const look = context.ports.native.may('administer') ? await garbageNow(context) : null;
  const bytes = (some: readonly ResultLink[]) =>
    look === null ? null : look.bytesBehind(new Set(some.map(({ path }) => path)));
  const rows = links.map((link) => {
    const own = bytes([link]);
    return `${dateText(link.dateMs)}  ${shellWord(link.path)}${own === null ? '' : `  ${bytesText(own)}`}`;
  });
  const all = bytes(links);
  const sum = all === null ? 'not known' : `about ${bytesText(all)}`;
  return [...rows, `they alone keep: ${sum}`];
}

function othersText(others: number): string {
  return others === 0
    ? 'there are no other roots of that kind'
    : `${plural(others, 'other root')} (profiles, direnv, devenv …) ${others === 1 ? 'is' : 'are'} left alone`;
}
