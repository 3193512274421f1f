/** The machine is short, and Nix has little part in it: memory, CPU or disks of others, the cache of ZFS. */

import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { Build, Disk, Model } from '../../model/model.ts';
import { nameOfBuild } from '../build-name.ts';
import { contra, pro } from '../judgement.ts';
import { pressed } from '../pressed.ts';
import { hiddenOthers, type Rule, refuted, type Scene, unlikely, untested } from '../rule.ts';

export const elsewhereRule: Rule = {
  id: 'elsewhere',
  probes: [],
  look(scene) {
    const { model } = scene;
    const thrash = cacheThrash(scene);
    const findings = [thrash ?? memory(scene), cpu(scene), stolen(scene), disk(scene), arc(scene)].filter(
      (one) => one !== null,
    );
    return { findings, ground: groundOf(model) };
  },
};

function groundOf(model: Model): ReturnType<typeof refuted> {
  const { totals, pressure, shortages } = model;
  if (totals.processes === null) return untested(hiddenOthers);
  const short = shortages.find(({ resource }) => resource !== 'space');
  if (short === undefined && pressure.memory.problem !== null && pressure.memory.some === null)
    return untested({ kind: 'unsupported' });
  if (short === undefined) return refuted();
  const { resource, level, levelSinceMs } = short;
  const part =
    resource === 'cpu'
      ? [contra('totals.cpu', totals.cpuPercent === null ? null : Math.round(totals.cpuPercent), 'cpu')]
      : resource === 'memory'
        ? [contra('totals.resident', totals.residentBytes, 'bytes')]
        : [];
  return unlikely(pro(`shortages.${resource}`, level, 'text', levelSinceMs), ...part);
}

function isLittle(part: number, whole: number, { thresholds }: Pick<Scene, 'thresholds'>): boolean {
  return whole > 0 && part < (thresholds.elsewherePercent / 100) * whole;
}

function memory(scene: Scene): FindingDraft | null {
  const { model, nowMs, thresholds, since } = scene;
  const short = pressed(model, 'memory');
  const nixBytes = model.totals.residentBytes;
  const { usedBytes, arcBytes, availableBytes } = model.memory;
  const known = usedBytes !== null && nixBytes !== null && model.totals.processes !== null;
  // What the cache of ZFS holds is another finding.
  const othersBytes = Math.max(0, (usedBytes ?? 0) - (arcBytes ?? 0));
  const sinceMs = since('memory', known && short !== undefined && isLittle(nixBytes, othersBytes, scene));
  if (sinceMs === null || short === undefined || usedBytes === null || nixBytes === null) return null;
  // With room for as much again, it may be the end of a shortage whose build has just ended.
  const room = (availableBytes ?? 0) > usedBytes;
  if (room && nowMs - sinceMs < thresholds.pauseSec * 1000) return null;
  return {
    subject: { kind: 'machine' },
    level: short.level,
    state: 'likely',
    found: { kind: 'memory-elsewhere', nixBytes, usedBytes: othersBytes },
    evidence: [
      pro('shortages.memory', short.level, 'text', short.levelSinceMs),
      pro('totals.resident', nixBytes, 'bytes'),
      pro('memory.used', usedBytes, 'bytes'),
      pro('memory.available', availableBytes, 'bytes'),
    ],
    sinceMs: short.sinceMs,
  };
}

/** Nobody holds much, and swap is idle: what is read does not stay (an image that is larger than memory). */
function cacheThrash({ model, thresholds }: Scene): FindingDraft | null {
  const { refaultsPerSec, swapInBytesPerSec, swapOutBytesPerSec, totalBytes } = model.memory;
  const short = pressed(model, 'memory');
  if (short === undefined || refaultsPerSec === null || refaultsPerSec < thresholds.refaultsPerSec)
    return null;
  if ((swapInBytesPerSec ?? 0) + (swapOutBytesPerSec ?? 0) >= thresholds.restingSwapBytesPerSec) return null;
  const most = Math.max(0, ...model.builds.map(({ residentBytes }) => residentBytes ?? 0));
  if (most >= (thresholds.elsewherePercent / 100) * (totalBytes ?? 0)) return null;
  const reader = readerOf(model.builds);
  return {
    subject:
      reader === null ? { kind: 'machine' } : { kind: 'build', pid: reader.pid, startTime: reader.startTime },
    level: short.level,
    state: 'likely',
    found: {
      kind: 'cache-thrash',
      refaultsPerSec: Math.round(refaultsPerSec),
      build: reader === null ? null : nameOfBuild(reader),
      readBytesPerSec: reader?.readBytesPerSec ?? null,
    },
    evidence: [
      pro('shortages.memory', short.level, 'text', short.levelSinceMs),
      pro('memory.refaults', Math.round(refaultsPerSec), 'per second'),
      pro('memory.swapIn', swapInBytesPerSec, 'bytes/s'),
      contra('resident', most, 'bytes'),
    ],
    sinceMs: short.sinceMs,
  };
}

/** Who reads most; where that takes root, who waits for disks most. */
function readerOf(builds: readonly Build[]): Build | null {
  let most: Build | null = null;
  const weightOf = ({ readBytesPerSec, states }: Build) => readBytesPerSec ?? states.D;
  for (const build of builds) if (weightOf(build) > (most === null ? 0 : weightOf(most))) most = build;
  return most;
}

/** Busy CPUs are what a rebuild is for: only of one that gets few of them, and for long. */
function cpu(scene: Scene): FindingDraft | null {
  const { model, nowMs, thresholds, since } = scene;
  const { cpus, idlePercent, iowaitPercent } = model.cpu;
  const short = pressed(model, 'cpu');
  const nix = model.totals.cpuPercent;
  const known = cpus !== null && cpus > 0 && idlePercent !== null && nix !== null;
  const usedPercent = known ? 100 - idlePercent - (iowaitPercent ?? 0) : 0;
  const nixPercent = known ? nix / cpus : 0;
  const wants = model.builds.length > 0 || model.clients.some(({ phase }) => phase === 'evaluating');
  const holds = known && short !== undefined && wants && isLittle(nixPercent, usedPercent, scene);
  const sinceMs = since('cpu', holds);
  if (sinceMs === null || nowMs - sinceMs < thresholds.idleSec * 1000) return null;
  return {
    subject: { kind: 'machine' },
    level: 'warning',
    state: 'likely',
    found: {
      kind: 'cpu-elsewhere',
      nixPercent: Math.round(nixPercent),
      usedPercent: Math.round(usedPercent),
    },
    evidence: [
      pro('shortages.cpu', short?.level ?? null, 'text', short?.levelSinceMs),
      pro('totals.cpu', Math.round(nix ?? 0), 'cpu', sinceMs),
    ],
    sinceMs,
  };
}

function stolen({ model, nowMs, thresholds, since }: Scene): FindingDraft | null {
  const { stealPercent } = model.cpu;
  const wants = model.builds.length > 0 || model.clients.length > 0;
  const sinceMs = since('steal', wants && (stealPercent ?? 0) >= thresholds.stealPercent);
  if (sinceMs === null || nowMs - sinceMs < thresholds.idleSec * 1000) return null;
  return {
    subject: { kind: 'machine' },
    level: 'warning',
    state: 'confirmed',
    found: { kind: 'cpu-stolen', stealPercent: Math.round(stealPercent ?? 0) },
    evidence: [pro('cpu.steal', Math.round(stealPercent ?? 0), 'percent', sinceMs)],
    sinceMs,
  };
}

/** What processes read and write is known of those of Nix alone, and takes root. Written pages go to disk later. */
function disk(scene: Scene): FindingDraft | null {
  const { model, nowMs, thresholds, since } = scene;
  const short = pressed(model, 'io');
  const nixBytesPerSec = bytesOfNix(model);
  const busiest = busiestDisk(model.disks);
  const rate = busiest === null ? 0 : bytesOf(busiest);
  const holds = short !== undefined && nixBytesPerSec !== null && isLittle(nixBytesPerSec, rate, scene);
  // Memory that is short makes disks busy with swap and with what fell out of the page cache.
  const sinceMs = since('disk', holds && pressed(model, 'memory') === undefined);
  if (sinceMs === null || busiest === null || nixBytesPerSec === null) return null;
  if (nowMs - sinceMs < thresholds.idleSec * 1000) return null;
  return {
    subject: { kind: 'device', device: busiest.device },
    level: 'warning',
    state: 'possible',
    found: {
      kind: 'disk-elsewhere',
      nixBytesPerSec: Math.round(nixBytesPerSec),
      diskBytesPerSec: Math.round(rate),
      device: busiest.title ?? busiest.device,
    },
    evidence: [
      pro('shortages.io', short?.level ?? null, 'text', short?.levelSinceMs),
      pro('read', busiest.readBytesPerSec, 'bytes/s'),
      pro('write', busiest.writeBytesPerSec, 'bytes/s'),
    ],
    sinceMs,
  };
}

function bytesOf({
  readBytesPerSec,
  writeBytesPerSec,
}: Pick<Build, 'readBytesPerSec' | 'writeBytesPerSec'>): number {
  return (readBytesPerSec ?? 0) + (writeBytesPerSec ?? 0);
}

/** Null where one cannot be read, and where nothing of Nix runs. */
function bytesOfNix({ builds, transfers, clients }: Model): number | null {
  const rows = [...builds.filter(({ host }) => host === null), ...transfers];
  const unread = rows.some(
    ({ readBytesPerSec, writeBytesPerSec }) => (readBytesPerSec ?? writeBytesPerSec) === null,
  );
  // What a client reads to evaluate, and a collector of garbage deletes, is not told.
  const others = clients.some(({ phase }) => phase !== 'building' && phase !== 'idle');
  if (unread || others || builds.length === 0) return null;
  return rows.reduce((sum, row) => sum + bytesOf(row), 0);
}

function busiestDisk(disks: readonly Disk[]): Disk | null {
  let busiest: Disk | null = null;
  for (const one of disks) {
    if (one.carries.length === 0) continue;
    if (busiest === null || bytesOf(one) > bytesOf(busiest)) busiest = one;
  }
  return busiest;
}

/** It is not part of what Linux calls available, and shrinks when others want memory, but not at once. */
function arc({ model, thresholds }: Scene): FindingDraft | null {
  const { arcBytes, arcMinBytes, totalBytes, availableBytes } = model.memory;
  if (arcBytes === null || totalBytes === null || availableBytes === null) return null;
  const large = arcBytes >= (thresholds.leakPercent / 100) * totalBytes;
  const little = availableBytes <= (thresholds.leakLeftPercent / 100) * totalBytes;
  const short = pressed(model, 'memory');
  if (!large || (!little && short === undefined)) return null;
  return {
    subject: { kind: 'machine' },
    level: short?.level ?? 'ok',
    state: short === undefined ? 'confirmed' : 'likely',
    found: {
      kind: 'arc',
      arcBytes,
      minBytes: arcMinBytes,
      short: short !== undefined,
      grower: short === undefined ? null : growerOf(model),
    },
    evidence: [
      pro('memory.arc', arcBytes, 'bytes'),
      pro('memory.available', availableBytes, 'bytes'),
      ...(short === undefined
        ? [contra('pressure.memory.some.avg10', model.pressure.memory.some?.avg10 ?? null, 'percent')]
        : [pro('shortages.memory', short.level, 'text', short.levelSinceMs)]),
    ],
    sinceMs: short?.sinceMs ?? null,
  };
}

/** The build that grows most; null: none does. */
function growerOf({ builds }: Model): string | null {
  let most: Build | null = null;
  for (const build of builds)
    if ((build.residentGrowthBytesPerMin ?? 0) > (most?.residentGrowthBytesPerMin ?? 0)) most = build;
  return most === null ? null : nameOfBuild(most);
}
