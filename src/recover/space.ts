/** A disk is full: what can go, in the order of what is missed least. */
import type { BootPlace } from '../model/machine/places.ts';
import type { Filesystem } from '../model/model.ts';
import { bootStep } from './space/boot.ts';
import { garbageStep } from './space/garbage.ts';
import { generationsStep } from './space/generations.ts';
import { journalStep } from './space/journal.ts';
import { linksStep } from './space/links.ts';
import { freeText, isBootShort, isShort, type Room, roomNow } from './space/room.ts';
import type { Procedure, Step } from './step.ts';

const look: Step = {
  id: 'look',
  title: 'Look what is free now',
  why: 'where it was short, and everywhere else that a rebuild writes',
  needs: [],
  async plan(context) {
    const room = await roomNow(context);
    const short = shortIn(room);
    if (short.length > 0)
      return {
        ...{ state: 'impossible', why: `still short: ${short.map(freeText).join('; ')}` },
        way: 'see what takes it: du -xh --max-depth=2 / 2>/dev/null | sort -h | tail -30',
      };
    const known = [...room.filesystems, ...(room.boot === null ? [] : [room.boot])];
    return { state: 'needless', why: `${known.map(freeText).join('; ') || 'nothing of it is known'}` };
  },
};

export const spaceProcedure: Procedure = {
  id: 'space',
  title: 'Free space',
  when: 'the store, the boot partition or where builds run is full',
  steps: [bootStep, linksStep, generationsStep, garbageStep, journalStep, look],
  async fits(context) {
    if (!context.ports.files.live) return null;
    const short = shortIn(await roomNow(context));
    return short.length === 0 ? null : short.map(freeText).join('; ');
  },
};

function shortIn({ filesystems, boot }: Room): readonly (Filesystem | BootPlace)[] {
  return [...filesystems.filter(isShort), ...(boot !== null && isBootShort(boot) ? [boot] : [])];
}
