/** Tells of kills for want of memory: the kernel's report of one covers a text console. */
import type { Model } from '../model/model.ts';

export function onOomKill(call: () => void): (model: Pick<Model, 'memory'>) => void {
  let seen: number | null = null;
  return ({ memory: { oomKills } }) => {
    if (oomKills === null) return;
    if (seen !== null && oomKills > seen) call();
    seen = oomKills;
  };
}
