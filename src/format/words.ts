/** What numbers and states are called, everywhere alike: on the screen, in the report, in the status line. */

import { formatBytes, formatRate } from '../base/bytes.ts';
import { formatDuration } from '../base/duration.ts';
import type { Problem } from '../base/problem.ts';
import { printable } from '../base/text.ts';
import { clientCommand, shortCommand } from '../model/forest/client-command.ts';
import { signalOf } from '../model/machine/derive-pressure.ts';
import type {
  Build,
  Client,
  Level,
  LockWait,
  MemoryMeasure,
  Model,
  OtherDaemon,
  Pressure,
  Shortage,
  Transfer,
} from '../model/model.ts';
import { nameOfPath } from '../model/nix-store/store-path.ts';
import type { Tone } from './paint.ts';

export function levelTone(level: Level): Tone | undefined {
  return level === 'critical' ? 'danger' : level === 'warning' ? 'warning' : undefined;
}

/** `firefox-130.0`; of a build nobody names, its user or pid. */
export function buildName(build: Build): string {
  return build.name ?? (build.user === null ? `build ${build.pid}` : `build of ${build.user}`);
}

/** A child not yet waited for is a zombie for a moment: no news before it lasts so long. */
const zombiesStaySec = 30;

/** What a figure of memory is. */
export function measureTitle(by: MemoryMeasure): string {
  return by === 'cgroup' ? 'memory of the cgroup' : by.toUpperCase();
}

/** `paused 2:10`; `paused` where nobody knows since when; who did it, where that was no person. */
function pausedNote({ pausedFrom }: Build, pausedSec: number | null): string {
  return `${pausedText(pausedSec)}${pausedFrom?.guard === true ? ' by the guard' : ''}`;
}

/** `paused 2:10`; `paused` where nobody knows since when. */
export function pausedText(pausedSec: number | null): string {
  return pausedSec === null ? 'paused' : `paused ${formatDuration(pausedSec)}`;
}

interface Note {
  readonly text: string;
  /** The same in at most 6 columns. */
  readonly short: string;
  readonly tone: Tone;
}

/** What a person must know before what it does: paused, remote, blocked, nobody left to reap, held back by somebody. */
export function buildNote(build: Build, pausedSec: number | null = null): Note | null {
  if (build.paused) return { text: pausedNote(build, pausedSec), short: 'paused', tone: 'accent' };
  if (build.host !== null) return { text: `on ${hostOf(build.host)}`, short: 'remote', tone: 'accent' };
  const { R, S, D, Z, T } = build.states;
  const zombies = `Z ${Z}`;
  if (Z > 0 && R + S + D + T === 0) return { text: `only zombies (${Z})`, short: zombies, tone: 'danger' };
  if (build.tree[0]?.state === 'Z')
    return { text: 'its builder is a zombie', short: zombies, tone: 'danger' };
  const low = lowText(build);
  const beside = low === '' ? '' : ` ${low}`;
  if (D > 0) return { text: `D ${D}${beside}`, short: `D ${D}`, tone: 'warning' };
  if (Z > 0 && build.idleSec >= zombiesStaySec)
    return { text: `zombies ${Z}${beside}`, short: zombies, tone: 'warning' };
  return low === '' ? null : { text: low, short: build.lowered ? 'low' : 'limit', tone: 'accent' };
}

/** `lowered`, `limited 4.0G`, `lowered, limited`; empty: neither. */
export function lowText({
  lowered,
  limited,
  memoryHighBytes,
}: Pick<Build, 'lowered' | 'limited' | 'memoryHighBytes'>): string {
  const to = memoryHighBytes === null ? '' : ` ${formatBytes(memoryHighBytes)}`;
  return [lowered ? 'lowered' : '', limited ? `limited${to}` : ''].filter((text) => text !== '').join(', ');
}

export function shortNote(build: Build): Pick<Note, 'text' | 'tone'> | null {
  const note = buildNote(build);
  return note === null ? null : { text: note.short, tone: note.tone };
}

/** `ssh-ng://builder@big-arm.example.org?…` to `big-arm.example.org`. */
export function hostOf(address: string): string {
  return address
    .replace(/^[a-z-]+:\/\//, '')
    .replace(/^[^@/]*@/, '')
    .replace(/[/?].*$/, '');
}

/** What a sentence says where a cell has a dash. */
export const unknownWord = 'unknown';

/** `evaluating`, `building 5`, `waits for the lock of firefox-130.0 (pid 900)`. */
export function clientDoing(client: Client): string {
  if (client.waitsFor !== null) return waitingFor(client.waitsFor);
  const { phase, builds } = client;
  if (phase === null) return unknownWord;
  return phase === 'building' && builds !== null && builds > 0 ? `building ${builds}` : phase;
}

export function waitingFor({ holder, holderPid, path }: LockWait): string {
  const held = holderPid === null ? '' : ` (pid ${holderPid})`;
  const locked = path === null ? null : nameOfPath(path.replace(/^(\/nix\/store\/.*)\.lock$/, '$1'));
  if (holder !== null && locked !== null && holder !== locked) {
    // Options are left to the row of the holder itself.
    return `waits for ${locked}, locked by ${shortCommand(clientCommand(holder))}${held}`;
  }
  if (holder !== null) return `waits for the lock of ${clientCommand(holder)}${held}`;
  return `waits for a lock${path === null ? '' : ` on ${nameOfPath(path)}`}${held}`;
}

/** `copies linux-firmware-20241017 18M/s`. */
export function copying({ name, path, writeBytesPerSec }: Transfer): string {
  const what = name ?? (path === null ? 'a store path' : nameOfPath(path));
  return `copies ${what}${writeBytesPerSec === null ? '' : ` ${formatRate(writeBytesPerSec)}`}`;
}

/** The client a person would name first: the one with builds, else the oldest. */
export function mainClient(model: Pick<Model, 'clients'>): Client | null {
  let best: Client | null = null;
  for (const client of model.clients) {
    if (best === null || weight(client) > weight(best)) best = client;
  }
  return best;
}

/** It makes a new configuration, or puts one in force. */
export function isRebuild({ tool, activation }: Pick<Client, 'tool' | 'activation'>): boolean {
  return activation !== null || /rebuild|home-manager|colmena|deploy|^nh$/.test(tool);
}

function weight(client: Client): number {
  return (
    (isRebuild(client) ? 1e9 : 0) + ((client.builds ?? 0) > 0 ? 1e8 : 0) + Math.min(client.ageSec ?? 0, 1e7)
  );
}

/** `daemon ok`, and in words what else there is. */
export function daemonState(daemon: Model['daemon']): { readonly text: string; readonly level: Level } {
  if (daemon.running) return { text: 'daemon ok', level: 'ok' };
  if (daemon.running === null) return { text: `daemon ${unknownWord}`, level: 'warning' };
  if (daemon.socket === 'listening') return { text: 'daemon on demand', level: 'ok' };
  if (daemon.socket === 'present') return { text: 'daemon not seen', level: 'warning' };
  return { text: 'no daemon', level: 'ok' };
}

/** `daemon 4711 of /srv/machines/a`: of whose Nix it is. */
export function otherDaemon({ pid, elsewhere, root }: OtherDaemon): string {
  if (!elsewhere) return `daemon ${pid}`;
  return `daemon ${pid} of ${root === null ? 'another root file system' : printable(root)}`;
}

/** Why no build is seen where some may run: then their number is unknown, and not 0. */
export function buildsProblem({ builds, problems }: Pick<Model, 'builds' | 'problems'>): Problem | null {
  if (builds.length > 0) return null;
  return problems.find(({ where }) => where === '/proc' || where === 'builds') ?? null;
}

/** Why there is no pressure to show, short enough for a row. */
export function pressureProblem(problem: Problem): string {
  if (problem.cause !== undefined && /psi/i.test(problem.cause)) return problem.cause;
  if (problem.kind === 'unsupported') return 'PSI unsupported here';
  return `PSI ${problem.kind}`;
}

/** The number people compare: this tick's exact share, on the first sight the kernel's 10 s average. */
export function pressurePercent(line: Pressure['some']): number | null {
  return line === null ? null : (line.tickPercent ?? line.avg10);
}

/**
 * The share that stands beside a resource's level: where it is ok the tick's, else what was judged, so that
 * a quiet tick amid a freeze denies nothing.
 */
export function leveledPercent({ level }: Pressure, line: Pressure['some']): number | null {
  return level === 'ok' || line === null ? pressurePercent(line) : signalOf(line);
}

/** What calls for attention. A rebuild that uses every CPU is no trouble, however long it waits for one. */
export function urgentShortages({ shortages }: Pick<Model, 'shortages'>): readonly Shortage[] {
  return shortages.filter(({ resource, level }) => resource !== 'cpu' || level === 'critical');
}

/** The level as a colour: that of the CPU only where it is critical. */
export function pressureTone(resource: string, level: Level): Tone | undefined {
  return resource === 'cpu' && level === 'warning' ? undefined : levelTone(level);
}
