/** The table of sources: what is in a bundle, in the order in which it is gathered. */
import { buildLogSource } from './build-logs.ts';
import { commandSources } from './command-sources.ts';
import { counterSources } from './counters.ts';
import { flakeSource } from './flakes.ts';
import { generationDifferences, generationSource } from './generations.ts';
import { lockSource } from './locks.ts';
import { machineSources } from './machine.ts';
import { nixFileSources } from './nix-files.ts';
import { ownSources } from './own.ts';
import { processSources } from './processes.ts';
import { smartSource } from './smart.ts';
import { type SourceRow, stages } from './source.ts';

const all: readonly SourceRow[] = [
  ...counterSources,
  ...processSources,
  lockSource,
  ...nixFileSources,
  ...machineSources,
  ...ownSources,
  flakeSource,
  generationSource,
  ...commandSources,
  generationDifferences,
  smartSource,
  buildLogSource,
];

/** `more`: what only who is watching can bring, the recording and the verdict. */
export function sourcesInOrder(more: readonly SourceRow[] = []): readonly SourceRow[] {
  return [...all, ...more].toSorted((a, b) => stages.indexOf(a.stage) - stages.indexOf(b.stage));
}
