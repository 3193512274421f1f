/** What file systems say of themselves: pools, errors, what they became read-only for, and what keeps them busy. */

import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { FilesystemHealthRaw, NewErrors } from '../../model/diagnosis/health.ts';
import type { Notice } from '../../model/diagnosis/notice.ts';
import { buildsOfState } from '../../model/machine/build-directories.ts';
import { wholeDevice } from '../../model/machine/device-names.ts';
import type { Filesystem, Model } from '../../model/model.ts';
import { pro } from '../judgement.ts';
import { monotonicOf } from '../log-time.ts';
import type { Scene } from '../rule.ts';
import { isGone } from './layer-errors.ts';
import { recentNotices } from './recent-notices.ts';

type Health = FilesystemHealthRaw & NewErrors;
type Said = Extract<Notice, { readonly kind: 'filesystem' }>;

export function filesystemFindings(scene: Scene): readonly FindingDraft[] {
  const { model, thresholds } = scene;
  const said = recentNotices(model, thresholds).filter((one) => one.kind === 'filesystem');
  const rows = model.health?.filesystems ?? [];
  return [
    ...rows.flatMap((one) => [
      ...pool(one),
      ...errors(one, saidOf(one, said), scene),
      ...readOnly(one, saidOf(one, said), model),
      ...operation(one, model),
    ]),
    // Of what is not among them: a disk of btrfs, something that is not mounted any more.
    ...spokenOf(
      said.filter((one) => !rows.some((row) => saidOf(row, [one]).length > 0)),
      model,
    ),
  ];
}

function saidOf({ type, name, device }: Health, said: readonly Said[]): readonly Said[] {
  return said.filter(
    (one) => (one.device === name || one.device === device) && one.type.startsWith(type.slice(0, 3)),
  );
}

function subjectOf({ mountPoint, name }: Pick<Health, 'mountPoint' | 'name'>): FindingDraft['subject'] {
  return mountPoint === null ? { kind: 'device', device: name } : { kind: 'filesystem', mountPoint };
}

function pool(one: Health): readonly FindingDraft[] {
  const { type, name, state } = one;
  if (type !== 'zfs' || state === null || state === 'ONLINE') return [];
  return [
    {
      subject: { kind: 'device', device: name },
      // Of two disks the other one works on.
      level: state === 'DEGRADED' ? 'warning' : 'critical',
      state: 'confirmed',
      found: { kind: 'pool', pool: name, state },
      evidence: [pro('pools.state', state, 'text')],
      sinceMs: null,
    },
  ];
}

function errors(one: Health, said: readonly Said[], { model, thresholds }: Scene): readonly FindingDraft[] {
  const { type, name, mountPoint, lastErrorMs, newErrorMs } = one;
  const spoken = said.filter(({ what }) => what === 'error' || what === 'checksum' || what === 'shutdown');
  const counted = one.errors ?? 0;
  const added = one.newErrors ?? 0;
  if (added === 0 && counted === 0 && spoken.length === 0) return [];
  const isNew = added > 0 || spoken.length > 0;
  const recent = lastErrorMs !== null && model.timeMs - lastErrorMs < thresholds.recentErrorSec * 1000;
  return [
    {
      subject: subjectOf(one),
      level: isNew ? 'critical' : recent ? 'warning' : 'ok',
      state: isNew ? 'confirmed' : recent ? 'likely' : 'possible',
      found: {
        kind: 'filesystem-errors',
        type,
        name,
        mountPoint,
        newErrors: added > 0 ? added : null,
        errors: one.errors,
        said: spoken.length,
      },
      evidence: [
        ...(counted > 0 ? [pro('filesystems.errors', counted, 'none', newErrorMs)] : []),
        ...spoken.slice(-2).map(({ text }) => pro('kernel.said', text, 'text')),
      ],
      sinceMs: newErrorMs,
      probe: 'kernel-log',
    },
  ];
}

/** By design, unless it has errors, or what must be written lies there. */
function readOnly(one: Health, said: readonly Said[], { filesystems }: Model): readonly FindingDraft[] {
  const { type, name, mountPoint } = one;
  const spoken = said.some(({ what }) => what === 'read-only' || what === 'shutdown');
  if (one.readOnly !== true && !spoken) return [];
  const holds = filesystems.some(
    (row) => isWritten(row) && (row.mountPoint === mountPoint || row.device === name),
  );
  const failed = spoken || (one.newErrors ?? 0) > 0 || (one.errors ?? 0) > 0;
  if (!failed && !holds) return [];
  return [
    {
      subject: subjectOf(one),
      level: 'critical',
      state: 'confirmed',
      found: { kind: 'read-only', type, name, mountPoint },
      evidence: [pro('filesystems.readOnly', 1, 'none')],
      sinceMs: null,
      probe: 'kernel-log',
    },
  ];
}

/** /nix/store is mounted read-only by itself, its file system is not. */
function isWritten({ path }: Filesystem): boolean {
  return path === '/nix' || path === '/nix/store' || path === buildsOfState;
}

function operation(one: Health, { pressure }: Model): readonly FindingDraft[] {
  if (one.type !== 'btrfs' || one.operation === null || one.operation === 'none') return [];
  return [
    {
      subject: subjectOf(one),
      level: pressure.io.level === 'ok' ? 'ok' : 'warning',
      state: 'confirmed',
      found: { kind: 'operation', mountPoint: one.mountPoint, name: one.name, operation: one.operation },
      evidence: [pro('filesystems.operation', one.operation, 'text')],
      sinceMs: null,
    },
  ];
}

const image = /^loop\d/;

/**
 * An image that is mounted no more, and carries nothing else: whoever had it has done with it. Looked at since the kernel
 * spoke: one that was mounted a moment before is not among the mounts yet.
 */
function isPutAway(device: string, lines: readonly Said[], model: Model): boolean {
  const lookedMs = model.readAtMs.health;
  if (!image.test(device) || lookedMs === undefined || model.health === null) return false;
  const whole = wholeDevice(device);
  const used =
    model.health.filesystems.some((one) => wholeDevice(one.device ?? one.name) === whole) ||
    model.disks.some((one) => one.carries.length > 0 && (one.device === whole || one.slaves.includes(whole)));
  return !used && lines.every(({ timeMs }) => monotonicOf(model, timeMs) < lookedMs);
}

function spokenOf(said: readonly Said[], model: Model): readonly FindingDraft[] {
  return Array.from(
    Map.groupBy(said, ({ device }) => device),
    ([device, lines]): FindingDraft => {
      const [first] = lines;
      const gone = isGone(device, model) || isPutAway(device, lines, model);
      return {
        subject: { kind: 'device', device },
        level: gone ? 'ok' : 'critical',
        state: gone ? 'possible' : 'likely',
        found: {
          kind: 'filesystem-errors',
          type: first?.type ?? '',
          name: device,
          mountPoint: null,
          newErrors: null,
          errors: null,
          said: lines.length,
        },
        evidence: lines.slice(-2).map(({ text }) => pro('kernel.said', text, 'text')),
        sinceMs: first === undefined ? null : monotonicOf(model, first.timeMs),
        probe: 'kernel-log',
      };
    },
  );
}
