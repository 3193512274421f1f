/** What probes tell of layers: thin pools, volume groups, and how fast is read above and below. */
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import { resultOf } from '../../model/diagnosis/probes-done.ts';
import { devicesBelow, diskNamed } from '../../model/machine/device-names.ts';
import type { Model } from '../../model/model.ts';
import { pro } from '../judgement.ts';
import type { Thresholds } from '../thresholds.ts';

/** lv_health_status of a pool (lvmthin(7)). */
const fullStates = /out_of_data|metadata_read_only|failed/;

export function probedLayerFindings(model: Model, thresholds: Thresholds): readonly FindingDraft[] {
  return [...volumes(model, thresholds), ...speeds(model, thresholds)];
}

function volumes({ probes }: Model, { thinPercent }: Thresholds): readonly FindingDraft[] {
  const result = resultOf(probes, 'volumes');
  if (result?.ok !== true) return [];
  const { groups, logical } = result.value;
  const full = logical.flatMap(({ name, dataPercent, metadataPercent, state }): readonly FindingDraft[] => {
    const subject = { kind: 'device', device: name } as const;
    const over = state !== null && fullStates.test(state);
    if (state !== null && !over)
      return [
        {
          subject,
          level: 'warning',
          state: 'confirmed',
          found: { kind: 'volume-state', name, state },
          evidence: [pro('volumes.state', state, 'text')],
          sinceMs: null,
        },
      ];
    const most = Math.max(dataPercent ?? 0, metadataPercent ?? 0);
    // Of a thin volume it is what is mapped, which may be all; only a pool has metadata of its own.
    if (!over && (metadataPercent === null || most < thinPercent)) return [];
    return [
      {
        subject,
        level: over ? 'critical' : 'warning',
        // A cache is full when it is well.
        state: over ? 'confirmed' : 'likely',
        found: { kind: 'thin-full', name, dataPercent, metadataPercent, over },
        evidence: [
          pro('volumes.data', dataPercent, 'percent'),
          pro('volumes.metadata', metadataPercent, 'percent'),
        ],
        sinceMs: null,
      },
    ];
  });
  const bad = groups
    .filter(({ ok }) => !ok)
    .map(
      ({ name }): FindingDraft => ({
        subject: { kind: 'device', device: name },
        level: 'critical',
        state: 'confirmed',
        found: { kind: 'group-bad', name },
        evidence: [pro('volumes.group', name, 'text')],
        sinceMs: null,
      }),
    );
  return [...full, ...bad];
}

/** Of each layer that was read, against the slowest of what lies below it. */
function speeds({ probes, disks }: Model, { layerPercent }: Thresholds): readonly FindingDraft[] {
  const result = resultOf(probes, 'read-speed');
  if (result?.ok !== true) return [];
  const cipher = resultOf(probes, 'cipher-speed');
  const layers = result.value.layers.map((one) => ({ ...one, device: diskNamed(one.device, disks) }));
  return layers.flatMap(({ device, bytesPerSec }): readonly FindingDraft[] => {
    const names = devicesBelow(device, disks);
    const below = layers
      .filter((one) => names.includes(one.device))
      .toSorted((a, b) => a.bytesPerSec - b.bytesPerSec)[0];
    if (below === undefined || bytesPerSec >= (below.bytesPerSec * layerPercent) / 100) return [];
    return [
      {
        subject: { kind: 'device', device },
        level: 'warning',
        state: 'confirmed',
        found: {
          kind: 'layer-slow',
          device,
          bytesPerSec,
          below: below.device,
          belowBytesPerSec: below.bytesPerSec,
          cipherBytesPerSec: cipher?.ok === true ? cipher.value.bytesPerSec : null,
        },
        evidence: [
          pro('read-speed', Math.round(bytesPerSec), 'bytes/s'),
          pro('read-speed', Math.round(below.bytesPerSec), 'bytes/s'),
        ],
        sinceMs: null,
        ...(cipher === null && { probe: 'cipher-speed' as const }),
      },
    ];
  });
}
