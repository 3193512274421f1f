/** What nothing keeps: now that links and generations are gone, the store gives it back. */
import { bytesText } from '../../base/bytes.ts';
import { plural } from '../../base/plural.ts';
import { garbageWarning } from '../../model/nix-store/store-check.ts';
import type { Step } from '../step.ts';
import { roomNow, storeRoom } from './room.ts';
import { forgetGarbage, garbageNow } from './store-gain.ts';

export const garbageStep: Step = {
  id: 'garbage',
  title: 'Collect garbage',
  why: 'generations, results with a link and what runs keep what they need; the rest goes',
  needs: ['minutes'],
  once: true,
  optional: true,
  async plan(context) {
    const room = storeRoom(await roomNow(context));
    if (room !== null) return { state: 'needless', why: room };
    const look = await garbageNow(context);
    // What is done next makes another picture.
    forgetGarbage(context);
    const estimate = look?.estimate ?? null;
    if (estimate?.deadPaths === 0)
      return { state: 'needless', why: 'there is none: everything is kept by something' };
    const busy = garbageWarning(await context.look());
    return {
      ...{ state: 'todo', asks: { word: 'collect' } },
      lines: [
        'nix-collect-garbage',
        estimate === null
          ? 'how much it brings is not known'
          : `about ${bytesText(estimate.deadBytes)} in ${plural(estimate.deadPaths, 'path')}; what was agreed to above comes to it`,
        ...(busy === null ? [] : [busy]),
      ],
      intent: { type: 'collect-garbage', olderThanDays: null },
    };
  },
};
