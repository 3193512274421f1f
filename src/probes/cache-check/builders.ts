/**
 * Whether builds are given to other machines: one derivation that nobody can have is offered to all builders as Nix
 * does it, and each that did not take it is asked and gets one of its own. Removed again: here, and there.
 */
import type { BuildTest, CheckedBuilder } from '../../model/cache-check/cache-check.ts';
import { builder as askBuilder } from '../builder.ts';
import { within } from '../check/within.ts';
import { readNixConfig } from '../nix-config.ts';
import type { ProbeContext } from '../probe.ts';
import { buildTest, ofBuild, ofLine, ofReach, type Reach } from './builder-record.ts';
import { type Answer, type BuilderRun, createBuilderRun } from './builder-run.ts';
import { readBuilderLoads } from './builder-slots.ts';
import { type ConfiguredBuilder, readConfiguredBuilders, withoutLines } from './configured-builders.ts';
import { isKeptFrom, isMeant, judgeBuilder } from './judge-builder.ts';
import { keepMadeBuilds, readMadeBuilds, removeMadeBuilds } from './made-builds.ts';
import { sideBySide } from './side-by-side.ts';

export interface BuildersOptions {
  /** Monotonic ms: by then it is over but for the clean-up, and what was not done is `untested`. */
  readonly deadlineMs: number;
  /** Letters and digits; another one in each run. */
  readonly nonce: string;
  /** What all builders have, and each of them for its own. */
  readonly offerSec?: number;
  readonly buildSec?: number;
}

export interface BuildersChecked {
  readonly build: BuildTest;
  readonly builders: readonly CheckedBuilder[];
}

const usualOfferSec = 90;
const usualBuildSec = 60;
const reachSec = 30;
/** Of one that our own ssh does not reach: Nix may know it by other words. */
const unreachedSec = 15;
const atOnce = 3;

export async function checkBuilders(
  options: BuildersOptions,
  context: ProbeContext,
): Promise<BuildersChecked> {
  await removeLeft(context);
  const config = await readNixConfig(context);
  if (config === null) {
    const build: BuildTest = { state: 'untested', untested: 'no-nix', said: null, builder: null, sec: null };
    return { build, builders: [] };
  }
  const setting = config.get('builders');
  const configured = await readConfiguredBuilders(typeof setting === 'string' ? setting : null, context);
  const { lines } = configured;
  if (lines.length === 0) return { build: withoutLines(configured), builders: [] };
  const here = config.get('system');
  const run = createBuilderRun(options.nonce, context);
  try {
    return await testBuilders(lines, typeof here === 'string' ? here : 'x86_64-linux', run, options, context);
  } finally {
    await run.end();
  }
}

/** Of a run that was killed. */
async function removeLeft(context: ProbeContext): Promise<void> {
  const left = await readMadeBuilds(context);
  if (left !== null) await keepMadeBuilds(await removeMadeBuilds(left, context), context);
}

async function testBuilders(
  lines: readonly ConfiguredBuilder[],
  here: string,
  run: BuilderRun,
  { deadlineMs, offerSec = usualOfferSec, buildSec = usualBuildSec }: BuildersOptions,
  context: ProbeContext,
): Promise<BuildersChecked> {
  const { clock, native } = context.ports;
  const msLeft = (sec: number) => Math.max(0, Math.min(sec * 1000, deadlineMs - clock.monotonic()));
  const isOver = () => context.cancelled.aborted || clock.monotonic() >= deadlineMs;
  const wanted = wantedSystem(lines, here);
  const asNix = native.uid === 0;

  const asked = new Map<string, Promise<Reach>>();
  const reaching = sideBySide(atOnce, lines, (line) => {
    const { address } = line;
    const reach =
      asked.get(address) ??
      within(msLeft(reachSec), address, context, (bounded) => askBuilder(address, bounded));
    asked.set(address, reach);
    return reach;
  });
  context.progress('offers a build to all builders');
  const offered = isOver()
    ? null
    : await run.offer({
        ...{ mark: '', system: wanted, features: [], only: null },
        builders: lines.filter((line) => fits(line, wanted)),
        ms: msLeft(offerSec),
      });
  const offer = offered?.ok ? offered.value : null;
  const used = offer?.done
    ? lines.find((line) => fits(line, wanted) && isMeant(offer.builder, line, lines))
    : undefined;

  const reached = await reaching;
  const addresses = lines.map(({ address }) => address);
  const loads = await readBuilderLoads(addresses, context);
  const isFull = ({ address, maxJobs }: ConfiguredBuilder) => (loads?.get(address)?.busy ?? 0) >= maxJobs;
  let isRestricted = false;
  const own = await sideBySide(atOnce, lines, async (line, index): Promise<Answer | null> => {
    if (line === used || line.refused !== null || isFull(line) || isRestricted || isOver()) return null;
    context.progress(`a build for ${line.address}`);
    const reach = reached[index];
    const answer = await run.offer({
      mark: `-${index}`,
      system: line.systems.includes(wanted) ? wanted : (line.systems[0] ?? here),
      features: line.mandatory,
      builders: [line],
      only: line,
      ms: msLeft(reach?.ok && reach.value.reachable ? buildSec : Math.min(unreachedSec, buildSec)),
    });
    if (!answer.ok) return null;
    if (isKeptFrom(line, answer.value, { asNix })) isRestricted = true;
    return answer.value;
  });

  const builders = lines.map((line, index): CheckedBuilder => {
    const reach = reached[index] ?? null;
    const load = loads?.get(line.address) ?? null;
    const tried = own[index] ?? null;
    const built = line === used ? offer : tried?.done && !isRestricted ? tried : null;
    const judged = judgeBuilder({
      ...{ line, lines, wanted, reach, load, offered: offer, own: tried },
      ...{ used: line === used, isKept: isRestricted, asNix },
    });
    return { ...ofLine(line, load), ...ofReach(reach), ...judged, used: line === used, ...ofBuild(built) };
  });
  const build = buildTest(offered, { wanted, here, cancelled: context.cancelled.aborted });
  return { build: used === undefined ? build : { ...build, builder: used.address }, builders };
}

/** That of this machine, if a builder has it, else what the first one has. */
function wantedSystem(lines: readonly ConfiguredBuilder[], here: string): string {
  if (lines.some(({ systems }) => systems.length === 0 || systems.includes(here))) return here;
  return lines[0]?.systems[0] ?? here;
}

function fits({ systems, mandatory, refused }: ConfiguredBuilder, wanted: string): boolean {
  return refused === null && mandatory.length === 0 && (systems.length === 0 || systems.includes(wanted));
}
