/**
 * A rebuild that nobody sits before: a unit of systemd started it, as system.autoUpgrade does. What was built for eleven
 * hours is known the morning after only where it was remembered.
 */

import { identityKey, sameProcess } from '../../base/identity.ts';
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { Client, Model } from '../../model/model.ts';
import { nameOfBuild } from '../build-name.ts';
import { pro } from '../judgement.ts';
import type { Scene } from '../rule.ts';
import { neededFilesystems } from '../storage/roles.ts';

interface Remembered {
  readonly client: Client;
  readonly unit: string;
  readonly build: string | null;
  readonly buildSec: number | null;
  /** A cache was asked, and answered; null: no log said so. */
  readonly asked: true | null;
  readonly peak: Peak;
  readonly sinceMs: number;
  readonly lastMs: number;
}

interface Peak {
  /** What it and its builds held together at most. */
  readonly residentBytes: number | null;
  /** Free where the store lies, when it was seen first, and at the least. */
  readonly spaceBytes: number | null;
  readonly leastSpaceBytes: number | null;
}

const noPeak: Peak = { residentBytes: null, spaceBytes: null, leastSpaceBytes: null };

export function unattended(scene: Scene): readonly FindingDraft[] {
  const { model, nowMs, thresholds, keep } = scene;
  const all = keep<readonly Remembered[]>('unattended', (before = []) => {
    const next = new Map(before.map((one) => [identityKey(one.client), one]));
    for (const client of model.clients) {
      const unit = unitOf(client);
      if (unit !== null) next.set(identityKey(client), remember(client, unit, next, scene));
    }
    return [...next.values()]
      .filter(({ lastMs }) => nowMs - lastMs <= thresholds.unattendedToldSec * 1000)
      .slice(-8);
  });
  return all
    .filter(({ sinceMs, lastMs }) => lastMs - sinceMs >= thresholds.unattendedSec * 1000)
    .map(({ client, unit, build, buildSec, asked, peak, sinceMs, lastMs }) => {
      const { pid, startTime, command } = client;
      const sec = Math.round((lastMs - sinceMs) / 1000);
      const { residentBytes, spaceBytes, leastSpaceBytes } = peak;
      return {
        subject: { kind: 'client', pid, startTime },
        level: 'ok',
        state: 'confirmed',
        found: {
          kind: 'unattended',
          ...{ command, unit, build, buildSec, sec },
          // What is built was not fetched; that caches were asked is said by its log alone.
          cached: build !== null && asked ? false : null,
          peakBytes: residentBytes,
          tookBytes: spaceBytes === null || leastSpaceBytes === null ? null : spaceBytes - leastSpaceBytes,
          leastSpaceBytes,
        },
        evidence: [
          pro('age', sec, 's'),
          ...(build === null ? [] : [pro('name', build, 'text')]),
          ...(residentBytes === null ? [] : [pro('resident', residentBytes, 'bytes')]),
          ...(leastSpaceBytes === null ? [] : [pro('filesystems.available', leastSpaceBytes, 'bytes')]),
        ],
        sinceMs,
      } satisfies FindingDraft;
    });
}

/** `nixos-upgrade.service` of `/system.slice/nixos-upgrade.service`; null of what a person started, or a daemon serves. */
function unitOf({ cgroup, tty, tool }: Client): string | null {
  if (tty !== null || !/rebuild|^nh$|^comin$/.test(tool)) return null;
  const unit = /\/system\.slice\/(?:[^/]+\/)*([^/]+\.service)(?:\/|$)/.exec(cgroup ?? '')?.[1];
  return unit === undefined || /^(?:sshd|nix-daemon|user@)/.test(unit) ? null : unit;
}

function remember(
  client: Client,
  unit: string,
  known: ReadonlyMap<string, Remembered>,
  { model, nowMs }: Scene,
): Remembered {
  const before = known.get(identityKey(client));
  let { build = null, buildSec = null } = before ?? {};
  for (const one of model.builds) {
    if (one.clientPid !== client.pid || one.ageSec === null || one.ageSec <= (buildSec ?? 0)) continue;
    build = nameOfBuild(one);
    buildSec = Math.round(one.ageSec);
  }
  const sinceMs = before?.sinceMs ?? nowMs - (client.ageSec ?? 0) * 1000;
  const asked = before?.asked ?? wasAsked(client, model);
  const peak = peakOf(before?.peak ?? noPeak, client, model);
  return { client, unit, build, buildSec, asked, peak, sinceMs, lastMs: nowMs };
}

function wasAsked(client: Client, { rebuilds }: Model): true | null {
  const own = rebuilds.find((one) => one.client !== null && sameProcess(one.client, client));
  const answered = own && [...own.rebuild.peers.values()].some((peer) => peer.answered > 0);
  return answered ? true : null;
}

function peakOf(before: Peak, client: Client, model: Model): Peak {
  const own = model.builds.filter(({ clientPid }) => clientPid === client.pid);
  const residentBytes = own.reduce<number | null>(
    (sum, build) => (build.residentBytes === null ? sum : (sum ?? 0) + build.residentBytes),
    client.residentBytes,
  );
  const store = neededFilesystems(model).find(({ role }) => role === 'store')?.filesystem;
  const freeBytes = store?.availableBytes ?? null;
  return {
    residentBytes: extreme(Math.max, before.residentBytes, residentBytes),
    spaceBytes: before.spaceBytes ?? freeBytes,
    leastSpaceBytes: extreme(Math.min, before.leastSpaceBytes, freeBytes),
  };
}

function extreme(
  pick: (a: number, b: number) => number,
  before: number | null,
  now: number | null,
): number | null {
  return before === null || now === null ? (before ?? now) : pick(before, now);
}
