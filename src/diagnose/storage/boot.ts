/** The partition of the boot loader: whether another kernel fits, and whether the last switch could write it. */
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { Model } from '../../model/model.ts';
import { pro } from '../judgement.ts';
import { monotonicOf } from '../log-time.ts';
import type { Thresholds } from '../thresholds.ts';

export function bootFindings(model: Model, thresholds: Thresholds): readonly FindingDraft[] {
  return [...small(model, thresholds), ...unwritten(model)];
}

function small({ places }: Model, { bootBytes, bootCriticalBytes }: Thresholds): readonly FindingDraft[] {
  const boot = places?.boot;
  if (boot == null || boot.availableBytes === null) return [];
  const { mountPoint, availableBytes, pairBytes, staleEntries } = boot;
  const needBytes = pairBytes ?? bootBytes;
  if (availableBytes >= needBytes) return [];
  return [
    {
      subject: { kind: 'filesystem', mountPoint },
      level: availableBytes < bootCriticalBytes ? 'critical' : 'warning',
      // The next configuration may have the kernel that lies there already.
      state: 'likely',
      found: { kind: 'boot-small', mountPoint, availableBytes, needBytes, staleEntries },
      evidence: [
        pro('boot.available', availableBytes, 'bytes'),
        ...(pairBytes === null ? [] : [pro('boot.pair', pairBytes, 'bytes')]),
      ],
      sinceMs: null,
    },
  ];
}

/** The tool's own words; its exit code says nothing (NixOS/nixpkgs#189966). */
function unwritten(model: Model): readonly FindingDraft[] {
  return model.rebuilds.flatMap(({ id, rebuild }): readonly FindingDraft[] => {
    const failure = rebuild.toolFailures.find(({ reason }) => reason === 'boot-space');
    if (failure === undefined) return [];
    const { ended } = rebuild;
    return [
      {
        subject: { kind: 'rebuild', rebuild: id },
        level: 'critical',
        state: 'confirmed',
        found: { kind: 'boot-unwritten', exitCode: ended?.exitCode ?? null, over: ended !== null },
        evidence: [pro('log.said', failure.text, 'text')],
        sinceMs: monotonicOf(model, failure.atMs),
      },
    ];
  });
}
