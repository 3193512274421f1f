/** Systems and features that the plan's builds want, against this machine and its builders: one item for all of them. */
import type { CheckItem } from '../../model/advice/check.ts';
import type { FeaturesFound, LackingFeatures } from '../../model/advice/checked-rebuild.ts';
import type {
  BuilderFacts,
  NixSettings,
  RebuildFacts,
  Requirements,
} from '../../model/advice/rebuild-facts.ts';
import { nameOfDerivation } from '../../model/nix-store/store-path.ts';
import { leftOut, unseen } from '../unseen.ts';
import { ofTheUser } from './peers.ts';
import { planIn, whyNoPlan } from './plan.ts';

type Facts = Pick<RebuildFacts, 'dryRun' | 'settings' | 'builders' | 'machine' | 'asRoot'>;

/** What Nix has by itself (src/libstore/globals.cc, getDefaultSystemFeatures), kvm apart. */
const usualFeatures = ['nixos-test', 'benchmark', 'big-parallel'];

export function featuresItem(facts: Facts): CheckItem {
  const plan = planIn(facts);
  if (plan === null) {
    const why = whyNoPlan(facts);
    return why === null ? leftOut('features') : unseen('features', null, why);
  }
  if (!facts.settings.ok) return unseen('features', null, facts.settings.problem);
  const here = offerHere(facts.settings.value, facts);
  const wanted = groups(plan.builds);
  const lacking = wanted.flatMap((group) => lackingOf(group, here, facts) ?? []);
  const unread = plan.builds.filter(({ wants }) => wants === null).length;
  const found: FeaturesFound = {
    kind: 'features',
    ...{ builds: plan.builds.length, unread, lacking, here },
    builders: facts.builders.map((one) => ({
      address: one.address,
      platforms: platformsOf(one, here),
      features: one.features,
      reachable: one.found.ok ? one.found.value.reachable : null,
    })),
  };
  const certain = lacking.some(({ perhaps }) => !perhaps);
  // Where nothing could be compared nobody knows.
  const blind = plan.builds.length > 0 && (here.features === null || unread === plan.builds.length);
  const state = certain ? 'failed' : lacking.length > 0 ? 'warning' : blind ? 'unknown' : 'ok';
  return { id: 'features', subject: null, state, found };
}

type Here = FeaturesFound['here'];

function offerHere({ platforms, features, maxJobs }: NixSettings, { machine, asRoot }: Facts): Here {
  const kvm = machine.health?.kernel.kvm ?? null;
  const replaced = features !== null && usualFeatures.some((one) => !features.includes(one));
  // To a user /dev/kvm may be closed that the daemon opens.
  const hasMore = features !== null && !asRoot && !replaced && kvm === true && !features.includes('kvm');
  return { platforms, features: hasMore ? [...features, 'kvm'] : features, maxJobs, replaced, kvm };
}

interface Group extends Requirements {
  readonly drvs: readonly string[];
}

/** Builds that want the same. */
function groups(
  builds: readonly { readonly drv: string; readonly wants: Requirements | null }[],
): readonly Group[] {
  const byWants = new Map<string, Group & { readonly drvs: string[] }>();
  for (const { drv, wants } of builds) {
    if (wants === null) continue;
    const features = wants.features.toSorted();
    const key = [wants.system, wants.prefersLocal, ...features].join(' ');
    const group = byWants.get(key);
    if (group === undefined) byWants.set(key, { ...wants, features, drvs: [drv] });
    else group.drvs.push(drv);
  }
  return [...byWants.values()];
}

function lackingOf(
  { system, features, prefersLocal, drvs }: Group,
  here: Here,
  facts: Facts,
): LackingFeatures | null {
  const offered = here.features;
  if (offered === null || system === 'builtin') return null;
  const missingHere = features.filter((one) => !offered.includes(one));
  const isHere = here.platforms.includes(system) && missingHere.length === 0;
  if (isHere && (here.maxJobs !== 0 || prefersLocal)) return null;
  const able = facts.builders.filter((one) => takes(one, system, features, here));
  if (able.some(({ found }) => found.ok && found.value.reachable)) return null;
  return {
    ...{ system, features, missingHere, builds: drvs.length },
    example: nameOfDerivation(drvs[0] ?? ''),
    unreached: able.map(({ address }) => address),
    perhaps: able.some(({ found }) => !found.ok || (!facts.asRoot && ofTheUser.test(found.value.said ?? ''))),
  };
}

/** By its line, as Nix decides it (src/libstore/machines.cc); what it told itself is looked at by its own item. */
function takes(builder: BuilderFacts, system: string, features: readonly string[], here: Here): boolean {
  return (
    platformsOf(builder, here).includes(system) &&
    features.every((one) => builder.features.includes(one)) &&
    builder.mandatory.every((one) => features.includes(one))
  );
}

/** Without a system its line means that of this machine. */
function platformsOf({ systems }: BuilderFacts, { platforms }: Here): readonly string[] {
  return systems.length > 0 ? systems : platforms.slice(0, 1);
}
