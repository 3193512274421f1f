/** What the kernel says of requests that failed in a layer, not in a disk, and of thin pools without room. */
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { Notice } from '../../model/diagnosis/notice.ts';
import { resultOf } from '../../model/diagnosis/probes-done.ts';
import { volumeNamed } from '../../model/machine/device-names.ts';
import type { Model } from '../../model/model.ts';
import { pro } from '../judgement.ts';
import { monotonicOf } from '../log-time.ts';
import type { Scene } from '../rule.ts';
import { recentNotices } from './recent-notices.ts';

type OfDevice = Extract<Notice, { readonly kind: 'block-error' | 'device' }>;

const layer = /^(?:dm-|md\d)/;

/** A layer that was there: its number is given to the next one, and what is not there keeps nobody waiting. */
export function isGone(device: string, { health }: Pick<Model, 'health'>): boolean {
  return layer.test(device) && health !== null && !health.devices.some((one) => one.device === device);
}

export function layerErrorFindings(scene: Scene): readonly FindingDraft[] {
  const { model, thresholds } = scene;
  const said = recentNotices(model, thresholds).filter(
    (one): one is OfDevice => (one.kind === 'block-error' || one.kind === 'device') && layer.test(one.device),
  );
  return Array.from(
    Map.groupBy(said, ({ device }) => device),
    ([device, lines]) => [...fullPool(device, lines, model), ...errors(device, lines, model)],
  ).flat();
}

/** With no room left the pool keeps its writers waiting for a minute, and then fails them (no_space_timeout, dm-thin.c). */
function fullPool(device: string, lines: readonly OfDevice[], model: Model): readonly FindingDraft[] {
  const last = lines.findLast(({ what }) => what === 'full' || what === 'writable');
  if (last?.what !== 'full' || isGone(device, model)) return [];
  const name = volumeNamed(titleOf(device, model) ?? device);
  // Asked since then, LVM knows how full it is.
  const probed = resultOf(model.probes, 'volumes');
  const known = probed?.ok === true ? probed.value.logical.find((one) => one.name === name) : undefined;
  if (known !== undefined && ((probed?.startedMs ?? 0) > last.timeMs || known.state !== null)) return [];
  return [
    {
      subject: { kind: 'device', device: name },
      level: 'critical',
      state: 'confirmed',
      found: { kind: 'thin-full', name, dataPercent: null, metadataPercent: null, over: true },
      evidence: [pro('kernel.said', last.text, 'text')],
      sinceMs: monotonicOf(model, last.timeMs),
      probe: 'volumes',
    },
  ];
}

/** A thin pool that writes no more, a mirror without members, a mapping to nothing. */
function errors(device: string, lines: readonly OfDevice[], model: Model): readonly FindingDraft[] {
  const failed = lines.filter(({ kind, what }) => kind === 'block-error' || what === 'error');
  const last = failed.at(-1);
  if (last === undefined) return [];
  const gone = isGone(device, model);
  const isLvm = model.health?.devices.find((one) => one.device === device)?.layer === 'lvm';
  const texts = [...new Set(failed.map(({ text }) => text))];
  return [
    {
      subject: { kind: 'device', device },
      level: gone ? 'ok' : 'critical',
      state: gone ? 'possible' : 'likely',
      found: {
        kind: 'layer-errors',
        device,
        title: titleOf(device, model),
        said: failed.length,
        what: last.what,
      },
      evidence: texts.slice(-2).map((text) => pro('kernel.said', text, 'text')),
      sinceMs: null,
      ...(isLvm && { probe: 'volumes' as const }),
    },
  ];
}

function titleOf(device: string, { disks }: Model): string | null {
  return disks.find((one) => one.device === device)?.title ?? null;
}
