/** What lies between files and disks: device-mapper (LVM, LUKS), md, ZFS, btrfs, and file systems that have errors. */
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { Ground } from '../../model/diagnosis/hypothesis.ts';
import { resultOf } from '../../model/diagnosis/probes-done.ts';
import type { Model } from '../../model/model.ts';
import { type Rule, refuted, unlikely, untested } from '../rule.ts';
import { filesystemFindings } from '../storage/filesystem-health.ts';
import { layerErrorFindings } from '../storage/layer-errors.ts';
import { layerFindings } from '../storage/layers.ts';
import { probedLayerFindings } from '../storage/probed-layers.ts';

export const volumeRule: Rule = {
  id: 'volume',
  probes: ['volumes', 'read-speed', 'cipher-speed'],
  look(scene) {
    const { model, thresholds } = scene;
    const said = layerErrorFindings(scene);
    const findings = [
      ...layerFindings(scene),
      ...said,
      ...filesystemFindings(scene),
      // Of a pool that has become full since LVM was asked.
      ...probedLayerFindings(model, thresholds).filter((one) => !said.some((other) => isSame(one, other))),
    ];
    return { findings, ground: groundOf(model) };
  },
};

function isSame(one: FindingDraft, other: FindingDraft): boolean {
  return (
    one.found.kind === 'thin-full' && other.found.kind === 'thin-full' && one.found.name === other.found.name
  );
}

function groundOf({ health, probes }: Model): Ground {
  if (health === null) return untested({ kind: 'time' });
  // Whether a thin pool is full only root can ask.
  const asked = resultOf(probes, 'volumes')?.ok === true;
  return health.devices.some(({ layer }) => layer === 'lvm') && !asked ? unlikely() : refuted();
}
