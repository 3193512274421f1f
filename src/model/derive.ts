/**
 * Two neighbouring samples become a Model. Pure: the same samples give the same model, live or replayed.
 * What must be remembered between ticks (last raw readings, growth, since when) travels in `carry`.
 */

import { kept, keptRows } from '../base/same.ts';
import { followProbes } from './diagnosis/probes-done.ts';
import { emptyModel } from './empty-model.ts';
import { deriveForest, type ForestCarry } from './forest/derive-forest.ts';
import { freshActs, guardEvents, guardKills, pausedByGuards } from './guard/follow-guards.ts';
import { type ClockCarry, followClocks } from './machine/clock-steps.ts';
import { deriveCpu } from './machine/derive-cpu.ts';
import { type DisksCarry, deriveDisks } from './machine/derive-disks.ts';
import { appendEvents, oomEvents, shortageEvents } from './machine/derive-events.ts';
import { appendNotices, deriveHealth, type HealthCarry } from './machine/derive-health.ts';
import { deriveMemory, type MemoryCarry } from './machine/derive-memory.ts';
import { derivePressure, type PressureCarry } from './machine/derive-pressure.ts';
import { annotateDisks, deriveFilesystems } from './machine/derive-storage.ts';
import { type PartProblems, partProblems, sameProblems } from './machine/part-problems.ts';
import { deriveShortages, sameShortages, stalledDisk } from './machine/shortages.ts';
import { nextSpaceLevels, type SpaceLevels, withLevels } from './machine/space-level.ts';
import { type NoticeCarry, noNoticeCarry, tellNotices } from './machine/told-notices.ts';
import type { Host, Model, ModelEvent } from './model.ts';
import { joinBuilds, joinClients } from './rebuild/join-processes.ts';
import { noLogPath } from './rebuild/log-path.ts';
import type { CpuRaw, HostRaw, Reading, Sample, StorageRaw } from './sample.ts';
import { type Part, parts } from './source-table.ts';

export interface Derived {
  readonly model: Model;
  readonly carry: Carry;
}

/** Opaque to everyone but the derive functions: what the next sample is compared with. */
export interface Carry {
  readonly last: Sample;
  readonly host: HostRaw | null;
  readonly pressure: PressureCarry | null;
  readonly memory: MemoryCarry | null;
  readonly cpu: CpuRaw | null;
  readonly clocks: ClockCarry | null;
  readonly disks: DisksCarry | null;
  readonly storage: StorageRaw | null;
  readonly spaceLevels: SpaceLevels;
  readonly forest: ForestCarry | null;
  readonly health: HealthCarry | null;
  readonly notices: NoticeCarry;
  /** Builds as the process table has them, before what their logs say was joined to them. */
  readonly unjoined: Pick<Model, 'builds'>;
  readonly problems: PartProblems;
}

const emptyCarry: Omit<Carry, 'last'> = {
  host: null,
  pressure: null,
  memory: null,
  cpu: null,
  clocks: null,
  disks: null,
  storage: null,
  spaceLevels: new Map(),
  forest: null,
  health: null,
  notices: noNoticeCarry,
  unjoined: { builds: [] },
  problems: {},
};

/** What the log streams have led to (logs/streams.ts). */
export type FromLogs = Pick<Model, 'rebuilds' | 'derivations' | 'logPath' | 'durations'>;
const nothingFromLogs: FromLogs = {
  rebuilds: [],
  derivations: new Map(),
  logPath: noLogPath,
  durations: new Map(),
};

/**
 * Parts that the sample does not bring keep the last model's objects; parts that failed do too, and say
 * why in `problems`, while `readAtMs` tells their age.
 */
export function derive(
  sample: Sample,
  before: Derived | null,
  fromLogs: FromLogs = nothingFromLogs,
): Derived {
  const last = before?.model ?? emptyModel;
  const carry = before?.carry ?? emptyCarry;
  const { timeMs, monotonicMs } = sample;

  const host = valueIn(sample.host) ?? carry.host;
  const cpu = valueIn(sample.cpu);
  const clocks = clocksOf(sample, cpu, carry.clocks);

  const memory = read(sample.memory, (raw, atMs) => ({
    model: deriveMemory(raw, atMs, carry.memory),
    carry: { raw, atMs },
  }));
  const storage = valueIn(sample.storage) ?? carry.storage;
  const rates = read(sample.disks, (raw, atMs) => deriveDisks(raw, atMs, carry.disks)) ?? carry.disks;
  const disksUnchanged = rates === carry.disks && storage === carry.storage && host === carry.host;
  const disks = disksUnchanged
    ? last.disks
    : keptRows(last.disks, annotateDisks(rates?.rates ?? [], storage, host?.diskModels ?? {}));
  const found =
    storage === null || storage === carry.storage
      ? last.filesystems
      : deriveFilesystems(storage, last.filesystems);
  const spaceLevels = nextSpaceLevels(found, carry.spaceLevels, monotonicMs);
  const filesystems = withLevels(found, spaceLevels);
  const pressure = read(sample.pressure, (raw, atMs) =>
    derivePressure(raw, atMs, carry.pressure, stalledDisk(disks) !== null),
  );
  const forest = sample.forest === undefined ? null : deriveForest(sample.forest, carry.forest, { timeMs });
  const { daemon, otherDaemons, clients, workers, transfers, cgroups, totals } = forest?.parts ?? last;
  const unjoined = forest?.parts ?? carry.unjoined;
  const seen = forest !== null ? 'now' : carry.forest !== null ? 'before' : 'never';
  const rebuilds = joinClients(fromLogs.rebuilds, { clients, workers }, seen, last.rebuilds);
  const guards = keptRows(last.guards, valueIn(sample.guards) ?? last.guards);
  const joined = joinBuilds(unjoined.builds, rebuilds, last.builds, carry.unjoined.builds, fromLogs);
  const builds = pausedByGuards(joined, guards, last.builds);

  const machine = { pressure: pressure?.pressure ?? last.pressure, disks, filesystems, cgroups };
  const short = deriveShortages(machine, spaceLevels, monotonicMs);
  const shortages = sameShortages(short, last.shortages) ? last.shortages : short;
  const health = read(sample.health, (raw, atMs) => deriveHealth(raw, atMs, carry.health));
  const notices = appendNotices(last.notices, valueIn(sample.notices), last.timeMs);
  const problems = partProblems(sample, forest?.parts.problems ?? null, carry.problems);
  const allProblems = Object.values(problems).flat();

  const acts = freshActs(guards, last.guards, timeMs);
  const happened: readonly ModelEvent[] = [
    ...clocks.events,
    ...oomEvents(memory?.model.oomKills ?? null, carry.memory?.raw.oomKills ?? null, timeMs),
    ...shortageEvents(shortages, last.shortages, sample),
    ...(forest?.parts.events ?? []),
    ...guardEvents(acts, timeMs),
  ];
  const memoryNow = memory === null ? last.memory : kept(last.memory, memory.model);
  const { events: added, carry: noticeCarry } = tellNotices(
    carry.notices,
    sample,
    happened,
    { memory: memoryNow, cgroups },
    forest === null ? null : { builds, clients },
    guardKills(acts),
  );

  const model: Model = {
    version: 1,
    timeMs,
    monotonicMs,
    intervalSec: intervalOf(sample, last),
    host: hostOf(host, cpu?.uptimeSec ?? last.host.uptimeSec, last.host),
    ...machine,
    ...(storage?.places && { places: kept(last.places ?? storage.places, storage.places) }),
    shortages,
    memory: memoryNow,
    cpu: cpu === null ? last.cpu : deriveCpu(cpu, carry.cpu),
    daemon,
    otherDaemons,
    clients,
    workers,
    builds,
    rebuilds,
    derivations: fromLogs.derivations,
    logPath: fromLogs.logPath,
    durations: fromLogs.durations,
    verdicts: last.verdicts,
    findings: last.findings,
    hypotheses: last.hypotheses,
    decision: last.decision,
    health: health === null ? last.health : kept(last.health, health.health),
    notices,
    guards,
    probes: followProbes(last.probes, valueIn(sample.probes)),
    caches: kept(last.caches, valueIn(sample.caches) ?? last.caches),
    transfers,
    cgroups,
    totals,
    events: appendEvents(last.events, added),
    problems: sameProblems(allProblems, last.problems) ? last.problems : allProblems,
    readAtMs: { ...last.readAtMs, ...readTimes(sample) },
  };
  return {
    model,
    carry: {
      last: sample,
      host,
      pressure: pressure?.carry ?? carry.pressure,
      memory: memory?.carry ?? carry.memory,
      cpu: cpu ?? carry.cpu,
      clocks: clocks.carry,
      disks: rates,
      storage,
      spaceLevels,
      forest: forest === null ? carry.forest : forest.carry,
      health: health?.carry ?? carry.health,
      notices: noticeCarry,
      unjoined: { builds: unjoined.builds },
      problems,
    },
  };
}

function valueIn<T>(reading: Reading<T> | undefined): T | null {
  return reading?.ok ? reading.value : null;
}

function read<T, R>(reading: Reading<T> | undefined, take: (raw: T, atMs: number) => R): R | null {
  return reading?.ok ? take(reading.value, reading.atMs) : null;
}

function clocksOf(sample: Sample, cpu: CpuRaw | null, before: ClockCarry | null) {
  if (cpu === null || sample.cpu === undefined) return { carry: before, events: [] };
  const uptime = cpu.uptimeSec === null ? null : { sec: cpu.uptimeSec, atMs: sample.cpu.atMs };
  return followClocks({ timeMs: sample.timeMs, monotonicMs: sample.monotonicMs, uptime }, before);
}

/** The same object within one second of uptime. */
function hostOf(raw: HostRaw | null, uptimeSec: number | null, last: Host): Host {
  const host: Host = {
    name: raw?.name ?? null,
    kernel: raw?.kernel ?? null,
    system: raw?.system ?? null,
    nixVersion: raw?.nixVersion ?? null,
    cpuModel: raw?.cpuModel ?? null,
    cpus: raw?.cpus ?? null,
    uptimeSec: uptimeSec === null ? null : Math.floor(uptimeSec),
  };
  const keys = Object.keys(host) as (keyof Host)[];
  return keys.every((key) => host[key] === last[key]) ? last : host;
}

function intervalOf(sample: Sample, last: Model): number | null {
  const part = sample.forest?.ok ? 'forest' : 'memory';
  const reading = sample[part];
  if (!reading?.ok) return last.intervalSec;
  const beforeMs = last.readAtMs[part];
  return beforeMs === undefined || reading.atMs <= beforeMs ? null : (reading.atMs - beforeMs) / 1000;
}

function readTimes(sample: Sample): Partial<Record<Part, number>> {
  const times: Partial<Record<Part, number>> = {};
  for (const part of parts) {
    const reading = sample[part];
    if (reading?.ok) times[part] = reading.atMs;
  }
  return times;
}
