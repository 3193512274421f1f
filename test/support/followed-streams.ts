/** Real streams, as far as they had come at some moment: what a Model has of them, folded and joined as in the program. */
import { foldLog } from '../../src/logs/fold.ts';
import { newLogState } from '../../src/logs/log-state.ts';
import type { Rebuild } from '../../src/model/rebuild/rebuild.ts';
import { eventsOf, logBytes } from './logs.ts';

/** The whole stream in one tick. */
export function rebuildOfLog(name: string, timeMs = 1000): Rebuild {
  const [rebuild] = foldLog(newLogState('one'), eventsOf(logBytes(name)), timeMs).rebuilds;
  if (rebuild === undefined) throw new Error(`no rebuild in ${name}`);
  return rebuild;
}
