/** For whom the rule of memory acts: who makes it less, who holds it, or who reads files again and again. */
import type { Build, Client } from '../../model/model.ts';
import { growthOf } from '../pace.ts';
import type { Candidate, GuardScene } from '../rule.ts';
import {
  clientsOf,
  heavyShare,
  killedFirst,
  localBuilds,
  type Makers,
  makersOf,
  mostFirst,
  urgentShare,
  youngestHeavyFirst,
} from '../victims.ts';

/** What takes less of memory is not paused or killed for it: that would help nobody. */
const worthPercent = 5;
/** What it will take in so many minutes counts as taken. */
const minutesAhead = 2;

type Who = Pick<Candidate, 'builds' | 'clients' | 'pauses' | 'made'>;

export function makersIn({ model, builds, paces }: GuardScene, leftBytes: number): Makers {
  const totalBytes = model.memory.totalBytes ?? 0;
  return makersOf(
    builds.filter((build) => (build.residentBytes ?? 0) >= worthOf(totalBytes)),
    (build) => growthOf(build, paces, totalBytes),
    leftBytes,
  );
}

function worthOf(totalBytes: number): number {
  return (totalBytes * worthPercent) / 100;
}

/** Builds that hold much; and where an evaluation holds more than any of them, its client. `makers`: they make memory less. */
export function holdersOf(
  { model, builds, clients, paces }: GuardScene,
  urgent: boolean,
  makers: Makers | null,
): Who {
  const totalBytes = model.memory.totalBytes ?? 0;
  const worth = worthOf(totalBytes);
  const heavy = mostFirst(
    localBuilds(builds).filter((build) => (build.residentBytes ?? 0) >= worth),
    weightOf,
  );
  const [client] = clients
    .filter(({ residentBytes }) => (residentBytes ?? 0) >= worth)
    .toSorted((a, b) => (b.residentBytes ?? 0) - (a.residentBytes ?? 0));
  const most = heavy[0] === undefined ? 0 : weightOf(heavy[0]);
  if (client !== undefined && (client.residentBytes ?? 0) > most)
    return { builds: [], pauses: [], clients: [client] };
  const isMost = ({ residentBytes }: Build) => (residentBytes ?? 0) > totalBytes / 2;
  const grows = (build: Build) => growthOf(build, paces, totalBytes) > 0;
  const own = clientsOf(heavy[0], clients);
  const killed = killedFirst(heavy, isMost, grows);
  if (makers !== null) return { builds: killed, pauses: makers.pauses, made: true, clients: own };
  // It grew to that, stands still already, and the others have nothing left: to pause those frees nothing.
  const [first] = killed;
  if (urgent && first?.paused && isMost(first) && grows(first))
    return { builds: killed, pauses: [], clients: own };
  const pauses = youngestHeavyFirst(
    localBuilds(builds),
    (build) => (weightOf(build) >= worth ? weightOf(build) : 0),
    urgent ? urgentShare : heavyShare,
  );
  return { builds: killed, pauses, clients: own };
}

function weightOf({ residentBytes, residentGrowthBytesPerMin }: Build): number {
  return (residentBytes ?? 0) + minutesAhead * Math.max(0, residentGrowthBytesPerMin ?? 0);
}

export function readersOf({ builds, clients }: GuardScene): Who & { readonly clients: readonly Client[] } {
  const readOf = ({ readBytesPerSec }: Build) => readBytesPerSec ?? 0;
  const readers = mostFirst(
    localBuilds(builds).filter((build) => readOf(build) > 0),
    readOf,
  );
  return { builds: readers, pauses: readers, clients: clientsOf(readers[0], clients) };
}
