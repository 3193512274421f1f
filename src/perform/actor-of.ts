/** Who acts here: from the rights we have and from what is looked at. */
import { type Actor, rootActor } from '../model/intents/actor.ts';
import type { Means } from './carry-out.ts';

/** Without means nothing can be done. */
export function actorOf(means: Pick<Means, 'ports'> | undefined): Actor {
  if (means === undefined) return { ...rootActor, barred: 'nothing can be done here' };
  const { native, files } = means.ports;
  // In a captured tree one may ask for everything: nothing of it is done.
  return {
    uid: native.uid,
    privileged: native.may('administer') || !files.live,
    signalsAll: native.may('signal-all') || !files.live,
    systemd: null,
    barred: null,
  };
}
