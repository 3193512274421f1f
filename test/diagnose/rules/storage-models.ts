/** Models of a machine at rest with storage to be changed one thing at a time, looked at by one rule. */
import { type Findings, findAll, noFindings } from '../../../src/diagnose/findings.ts';
import type { Rule } from '../../../src/diagnose/rule.ts';
import { isEvidenceField } from '../../../src/format/evidence.ts';
import { foundText } from '../../../src/format/findings.ts';
import { remediesOf } from '../../../src/format/remedies.ts';
import type { Finding } from '../../../src/model/diagnosis/finding.ts';
import type {
  DeviceHealthRaw,
  FilesystemHealthRaw,
  Health,
  NewErrors,
} from '../../../src/model/diagnosis/health.ts';
import type { Hypothesis } from '../../../src/model/diagnosis/hypothesis.ts';
import { emptyModel } from '../../../src/model/empty-model.ts';
import type { Disk, Filesystem, Model } from '../../../src/model/model.ts';

export const GiB = 2 ** 30;
export const startMs = 1_000_000;
const wallMs = Date.UTC(2026, 10, 20, 3, 0);

export function rowOf(over: Partial<Filesystem> = {}): Filesystem {
  return {
    path: '/nix',
    mountPoint: '/',
    type: 'ext4',
    device: 'dm-0',
    disks: ['sda'],
    totalBytes: 500 * GiB,
    availableBytes: 289 * GiB,
    freeInodesPercent: 80,
    level: 'ok',
    problem: null,
    ...over,
  };
}

export function diskOf(over: Partial<Disk> = {}): Disk {
  return {
    device: 'sda',
    title: null,
    model: null,
    carries: ['/nix'],
    slaves: [],
    readsPerSec: 0,
    writesPerSec: 0,
    readBytesPerSec: 0,
    writeBytesPerSec: 0,
    readAwaitMs: null,
    writeAwaitMs: null,
    flushAwaitMs: null,
    queueSize: 0,
    utilPercent: 0,
    inFlight: 0,
    stalledSec: null,
    ...over,
  };
}

/** `second` after the first look; every part was read then. */
export function modelAt(second: number, over: Partial<Model> = {}): Model {
  const atMs = startMs + second * 1000;
  return {
    ...emptyModel,
    timeMs: wallMs + second * 1000,
    monotonicMs: atMs,
    readAtMs: { forest: atMs, storage: atMs, disks: atMs, health: atMs },
    ...over,
  };
}

export interface Looked {
  readonly findings: readonly Finding[];
  readonly hypothesis: Hypothesis;
  /** `critical confirmed: /tmp is full`. */
  readonly said: readonly string[];
}

/** Looked at one after the other; what is said at the end, which has a way out for each that is worth one. */
export function look(rule: Rule, ...models: readonly Model[]): Looked {
  let found: Findings = noFindings;
  for (const model of models) found = findAll(model, found, { rules: [rule] });
  const [hypothesis] = found.hypotheses;
  if (hypothesis === undefined) throw new Error('no models');
  const { findings } = found;
  const ids = findings.map(({ id }) => id);
  if (new Set(ids).size < ids.length) throw new Error(`twice the same subject: ${ids}`);
  for (const { evidence } of [hypothesis.ground, ...findings])
    for (const { field } of evidence) if (!isEvidenceField(field)) throw new Error(`no words for ${field}`);
  for (const one of findings)
    if (one.level !== 'ok' && remediesOf(one.found).length === 0)
      throw new Error(`no way out of ${one.found.kind}`);
  const said = findings.map((one) => `${one.level} ${one.state}: ${foundText(one.found)}`);
  return { findings, hypothesis, said };
}

/** The same, every so many seconds; `of`: of the machine at that second. */
export function lookEvery(
  rule: Rule,
  everySec: number,
  seconds: number,
  of: (second: number) => Partial<Model>,
): Looked & { readonly firstSec: number | null; readonly firstAlarmSec: number | null } {
  let firstSec: number | null = null;
  let firstAlarmSec: number | null = null;
  const models: Model[] = [];
  let found: Findings = noFindings;
  for (let second = 0; second <= seconds; second += everySec) {
    const model = modelAt(second, of(second));
    models.push(model);
    found = findAll(model, found, { rules: [rule] });
    if (found.findings.length > 0) firstSec ??= second;
    if (found.findings.some(({ level }) => level !== 'ok')) firstAlarmSec ??= second;
  }
  return { ...look(rule, ...models), firstSec, firstAlarmSec };
}

export function deviceOf(
  device: string,
  over: Partial<DeviceHealthRaw & NewErrors> = {},
): DeviceHealthRaw & NewErrors {
  return {
    device,
    kind: 'scsi',
    state: 'running',
    suspended: null,
    layer: null,
    ioErrors: 0,
    ioTimeouts: 0,
    degraded: null,
    syncAction: null,
    newErrors: 0,
    newErrorMs: null,
    ...over,
  };
}

export function filesystemHealthOf(
  over: Partial<FilesystemHealthRaw & NewErrors>,
): FilesystemHealthRaw & NewErrors {
  return {
    type: 'ext4',
    name: 'dm-0',
    mountPoint: '/',
    readOnly: false,
    errors: 0,
    lastErrorMs: null,
    state: null,
    operation: null,
    btrfs: null,
    newErrors: 0,
    newErrorMs: null,
    ...over,
  };
}

export function healthOf(over: Partial<Health>): Health {
  return {
    kernel: {
      panicOnOom: 0,
      overcommitMemory: 0,
      hungTasks: 0,
      newHungTasks: 0,
      pidMax: null,
      threadsMax: null,
      threads: null,
      filesOpen: null,
      filesMax: null,
    },
    devices: [],
    filesystems: [],
    memoryErrors: null,
    daemon: null,
    ...over,
  };
}
