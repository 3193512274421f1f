/** Caches and builders: who answers, is trusted, and offers what is said of him. */
import type { CheckItem, CheckState } from '../../model/advice/check.ts';
import type { BuilderFacts, RebuildFacts } from '../../model/advice/rebuild-facts.ts';
import type { ProbeValues } from '../../model/diagnosis/probe-values.ts';
import { unseen } from '../unseen.ts';

/** A path of 100 MB takes half an hour. */
const slowBytesPerSec = 64 * 1024;
const slowSec = 5;

type Facts = Pick<
  RebuildFacts,
  'settings' | 'caches' | 'builders' | 'refusedMachines' | 'unreadMachines' | 'asRoot'
>;

export function cacheItems({ settings, caches }: Facts): readonly CheckItem[] {
  if (!settings.ok) return [unseen('cache', null, settings.problem)];
  return caches.map(({ address, found }) =>
    found.ok ? cache(address, found.value) : unseen('cache', address, found.problem),
  );
}

function cache(address: string, value: ProbeValues['cache']): CheckItem {
  const { reachable, sec, httpStatus, bytesPerSec, trusted, keys, storeDirectory, said } = value;
  const otherStore = storeDirectory === null || storeDirectory === '/nix/store' ? null : storeDirectory;
  const refused = said !== null;
  const slow = (bytesPerSec !== null && bytesPerSec < slowBytesPerSec) || (sec !== null && sec > slowSec);
  // Nix goes on without a cache: it costs time, and what it alone has.
  const state: CheckState =
    !reachable || refused || trusted === false || otherStore !== null || slow ? 'warning' : 'ok';
  return {
    id: 'cache',
    subject: address,
    state,
    found: {
      kind: 'cache',
      ...{ address, reachable, sec, httpStatus, bytesPerSec, trusted, keys, otherStore, said },
    },
  };
}

export function builderItems(facts: Facts): readonly CheckItem[] {
  const { settings, builders, refusedMachines, unreadMachines, asRoot } = facts;
  if (!settings.ok) return [unseen('builder', null, settings.problem)];
  const refused: readonly CheckItem[] =
    refusedMachines.length === 0
      ? []
      : [
          {
            id: 'machines',
            subject: null,
            state: 'failed',
            found: { kind: 'machines', refused: refusedMachines },
          },
        ];
  const unread = unreadMachines.map((problem) => unseen('builder', problem.where, problem));
  return [...refused, ...unread, ...builders.map((one) => builder(one, asRoot))];
}

/** The key, the known hosts and the configuration of ssh are root's for the daemon, and another's for a user. */
export const ofTheUser = /Permission denied|Host key verification failed|Load key|identity file/i;

function builder({ address, systems, features, found }: BuilderFacts, asRoot: boolean): CheckItem {
  if (!found.ok) return unseen('builder', address, found.problem);
  const { reachable, sec, nixVersion, said } = found.value;
  const lacks = reachable ? lacking(found.value, systems, features) : [];
  const open = !reachable && !asRoot && ofTheUser.test(said ?? '');
  const state: CheckState = open ? 'unknown' : !reachable || lacks.length > 0 ? 'warning' : 'ok';
  return {
    id: 'builder',
    subject: address,
    state,
    found: { kind: 'builder', ...{ address, reachable, sec, nixVersion, lacks, said } },
  };
}

function lacking(
  told: ProbeValues['builder'],
  systems: readonly string[],
  features: readonly string[],
): readonly string[] {
  const without = (wanted: readonly string[], there: readonly string[] | null) =>
    there === null ? [] : wanted.filter((one) => !there.includes(one));
  return [...without(systems, told.systems), ...without(features, told.features)];
}
