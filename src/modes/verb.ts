/** `nixpulse kill`, `pause`, `resume`, `lower`, `limit`, `restore`, `cancel`, `rollback`, `verify`. */
import { actions } from '../actions/registry.ts';
import { lookTwice } from '../watch/look-twice.ts';
import { depsOf, type Given } from './mode.ts';
import { runVerb } from './verb/run-verb.ts';
import { createVerbIo } from './verb/verb-io.ts';
import { sourcesOf } from './wiring.ts';

/** Long enough for two looks to tell who is who; no rate is wanted. */
const lookMs = 150;

export async function runVerbMode(given: Given): Promise<number> {
  const { invocation, ports, process, write } = given;
  const { sources, readForest, settled } = await sourcesOf(given);
  await ports.signals.rehearse();
  try {
    return await runVerb({
      invocation,
      deps: { ...depsOf(given, readForest, actions), lasting: true },
      look: () => lookTwice({ sources, clock: ports.clock, intervalMs: lookMs, settled }),
      io: createVerbIo({ process, write }),
    });
  } finally {
    for (const source of sources) source.close();
  }
}
