/**
 * A rebuild that nobody sits before: a unit of systemd started it, as system.autoUpgrade does. What was built for eleven
 * hours is known the morning after only where it was remembered.
 */

import { identityKey, sameProcess } from '../../base/identity.ts';
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { Client } from '../../model/model.ts';
import { nameOfBuild } from '../build-name.ts';
import { pro } from '../judgement.ts';
import type { Scene } from '../rule.ts';

interface Remembered {
  readonly client: Client;
  readonly unit: string;
  readonly build: string | null;
  readonly buildSec: number | null;
  readonly sinceMs: number;
  readonly lastMs: number;
}

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
    .map(({ client, unit, build, buildSec, sinceMs, lastMs }) => {
      const { pid, startTime, command } = client;
      const own = model.rebuilds.find((one) => one.client !== null && sameProcess(one.client, client));
      const log = own?.rebuild;
      const answered = [...(log?.peers.values() ?? [])].some((peer) => peer.answered > 0);
      return {
        subject: { kind: 'client', pid, startTime },
        level: 'ok',
        state: 'confirmed',
        found: {
          kind: 'unattended',
          command,
          unit,
          build,
          buildSec,
          sec: Math.round((lastMs - sinceMs) / 1000),
          // What is built was not fetched; that caches were asked is said by its log alone.
          cached: build !== null && answered ? false : null,
        },
        evidence: [
          pro('age', Math.round((lastMs - sinceMs) / 1000), 's'),
          ...(build === null ? [] : [pro('name', build, 'text')]),
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
  return { client, unit, build, buildSec, sinceMs, lastMs: nowMs };
}
