/**
 * The log of all clients of the daemon (json-log-path of nix.conf), followed by itself where it is a file that may be
 * trusted. Whoever has no right to read the setting finds the file where ours is (dist/systemd, dist/nixos).
 */
import { type Problem, problem } from '../base/problem.ts';
import { isSame } from '../base/same.ts';
import type { LogsRaw, StreamRaw } from '../model/rebuild/followed.ts';
import { type LogPath, noLogPath } from '../model/rebuild/log-path.ts';
import type { Clock, Files, StreamFiles } from '../platform/ports.ts';
import { createFileFollower, type FileFollower } from './file-follower.ts';
import type { Follower } from './follower.ts';
import { readLogPathSetting } from './nix-settings.ts';
import { distrustsFile, distrustsPlace } from './trust.ts';

/** Where dist/systemd and dist/nixos put it: a tmpfs of its own. */
export const usualLogPath = '/run/nixpulse/log.json';

export interface LogPathOptions {
  readonly files: Files;
  readonly streamFiles: StreamFiles;
  readonly clock: Clock;
  /** False: it is only looked at for a moment, and nothing is taken out. */
  readonly keepsSmall: boolean;
  /** Ours. */
  readonly uid: number;
  /** A file that somebody named: it is followed instead, whosever it is, and left as it is. */
  readonly named?: string;
}

export interface LogPathFollower extends Follower {
  facts(): Pick<LogsRaw, 'logPath'>;
}

/** Between two looks at the setting. */
const settingEveryMs = 60_000;
/** Between two looks at the room that its file system has. */
const roomEveryMs = 10_000;
/** Nix writes whole lines: with less than this the next one may not fit. */
const leastRoomBytes = 64 << 10;
/** Stays for others who follow the same file, and for whoever begins to. */
const keepBytes = 4 << 20;

export function createLogPathFollower(options: LogPathOptions): LogPathFollower {
  const { files, streamFiles, clock, uid } = options;
  const { named } = options;
  let state: LogPath = named === undefined ? noLogPath : { path: named, problem: null };
  let given: LogPath = noLogPath;
  let followed: { readonly path: string; readonly follower: FileFollower } | null = null;
  /** Of the stream itself. */
  let ofStream: Problem | null = null;
  let isFull = false;
  let underWay = false;
  let closed = false;
  let daemonPid: number | null = null;
  let settingMs = Number.NEGATIVE_INFINITY;
  let roomMs = Number.NEGATIVE_INFINITY;

  async function lookForSetting(): Promise<void> {
    const set = await readLogPathSetting(files, daemonPid);
    const path = set ?? ((await isThere(usualLogPath)) ? usualLogPath : null);
    if (closed) return;
    const distrust = path === null ? null : await distrustsPlace(files, path, uid);
    // A directory that is not there yet may come with the file.
    const problem_ = distrust?.kind === 'gone' ? null : distrust;
    if (followed !== null && (followed.path !== path || distrust !== null)) stop();
    if (path !== null && followed === null && distrust === null && !closed) follow(path);
    state = { path, problem: problem_ };
  }

  /** Who may not look at it is told so. */
  async function isThere(path: string): Promise<boolean> {
    const found = await streamFiles.describe(path, { followLinks: false });
    return found.ok || found.problem.kind === 'denied';
  }

  function follow(path: string): void {
    const follower = createFileFollower({
      ...{ id: path, origin: { kind: 'file', path }, writers: 'many', clock, files: streamFiles },
      file: { path, followLinks: false, refuses: (info) => distrustsFile(path, info, uid) },
      ...(options.keepsSmall && { keepSmall: { keepBytes, onlyInMemory: true } }),
    });
    followed = { path, follower };
  }

  function followNamed(path: string): void {
    const follower = createFileFollower({
      ...{ id: path, origin: { kind: 'file', path }, writers: 'by-content', clock, files: streamFiles },
      file: { path, followLinks: true },
    });
    followed = { path, follower };
  }

  function stop(): void {
    followed?.follower.close();
    followed = null;
    ofStream = null;
    isFull = false;
  }

  async function lookForRoom(path: string): Promise<void> {
    const room = await files.spaceSlow(path);
    // 0 of 0: a file system without an end.
    isFull = room.ok && room.value.totalBytes > 0 && room.value.availableBytes < leastRoomBytes;
  }

  function begin(): void {
    const now = clock.monotonic();
    if (closed || underWay) return;
    const isDue = named === undefined && now - settingMs >= settingEveryMs;
    if (!isDue && (followed === null || now - roomMs < roomEveryMs)) return;
    underWay = true;
    if (isDue) settingMs = now;
    else roomMs = now;
    void (isDue || followed === null ? lookForSetting() : lookForRoom(followed.path)).then(() => {
      underWay = false;
    });
  }

  if (named !== undefined) followNamed(named);
  return {
    take(): StreamRaw | null {
      begin();
      const taken = followed?.follower.take() ?? null;
      if (taken !== null) ofStream = taken.problem ?? null;
      return taken;
    },
    facts() {
      const { path } = state;
      const full =
        isFull && path !== null ? problem('exhausted', path, 'full: Nix writes no more to it') : null;
      const now: LogPath = { path, problem: state.problem ?? ofStream ?? full };
      if (isSame(given, now)) return {};
      given = now;
      return { logPath: now };
    },
    looked({ daemon: { pid } }) {
      if (pid === daemonPid) return;
      daemonPid = pid;
      // Another daemon may have other settings.
      if (pid !== null) settingMs = Number.NEGATIVE_INFINITY;
    },
    close() {
      closed = true;
      stop();
    },
  };
}
