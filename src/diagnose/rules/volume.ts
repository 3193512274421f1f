/** What lies between files and disks: device-mapper (LVM, LUKS), md, ZFS, btrfs, and file systems that have errors. */
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { Ground } from '../../model/diagnosis/hypothesis.ts';
import { resultOf } from '../../model/diagnosis/probes-done.ts';
import type { Model } from '../../model/model.ts';
import { pro } from '../judgement.ts';
import { type Rule, refuted, type Scene, unlikely, untested } from '../rule.ts';
import { filesystemFindings } from '../storage/filesystem-health.ts';
import { layerFindings } from '../storage/layers.ts';
import { probedLayerFindings } from '../storage/probed-layers.ts';
import { recentNotices } from '../storage/recent-notices.ts';

export const volumeRule: Rule = {
  id: 'volume',
  probes: ['volumes', 'read-speed', 'cipher-speed'],
  look(scene) {
    const { model, thresholds } = scene;
    const findings = [
      ...layerFindings(scene),
      ...errorsOfLayers(scene),
      ...filesystemFindings(scene),
      ...probedLayerFindings(model, thresholds),
    ];
    return { findings, ground: groundOf(model) };
  },
};

function groundOf({ health, probes }: Model): Ground {
  if (health === null) return untested({ kind: 'time' });
  // Whether a thin pool is full only root can ask.
  const asked = resultOf(probes, 'volumes')?.ok === true;
  return health.devices.some(({ layer }) => layer === 'lvm') && !asked ? unlikely() : refuted();
}

/** Requests that failed in a layer, not in a disk: a thin pool without room, a mirror without members. */
function errorsOfLayers({ model, thresholds }: Scene): readonly FindingDraft[] {
  const lines = recentNotices(model, thresholds).filter(
    (one) => one.kind === 'block-error' && /^(?:dm-|md\d)/.test(one.device),
  );
  return Array.from(
    Map.groupBy(lines, (one) => ('device' in one ? one.device : '')),
    ([device, said]) => {
      const last = said.at(-1);
      return {
        subject: { kind: 'device', device },
        level: 'critical',
        state: 'likely',
        found: {
          kind: 'layer-errors',
          device,
          said: said.length,
          what: last !== undefined && 'what' in last ? last.what : '',
        },
        evidence: said.slice(-2).map(({ text }) => pro('kernel.said', text, 'text')),
        sinceMs: null,
        probe: 'volumes',
      } satisfies FindingDraft;
    },
  );
}
