/**
 * The cgroups that builds, clients and daemons are in, up to the root: whether they stand still, how much memory they have, and which limit
 * they meet. Read off the main thread, seldom, and for a while longer than their builds run: what the kernel killed
 * for want of memory is told by a counter above it.
 */

import { ownCgroup } from '../model/forest/build-cgroup.ts';
import type { CgroupRaw } from '../model/sample.ts';
import {
  parseCgroup2Mount,
  parseCgroupBytes,
  parseFrozen,
  parseMemoryEvents,
  parseOomKills,
} from '../parse/cgroup.ts';
import type { Files } from '../platform/ports.ts';
import type { Member } from './member.ts';
import type { SlowQueue } from './slow-queue.ts';

export interface BuildCgroups {
  /** Undefined before there is one. */
  readonly found: readonly CgroupRaw[] | undefined;
  update(members: ReadonlyMap<number, Member>, nowMs: number): void;
}

const memoryEveryMs = 2000;
const keptMs = 15_000;
/** As many as builds run at once on a large machine, and what is above them. */
const most = 64;

interface Watched {
  neededAtMs: number;
  raw: CgroupRaw;
}

export function createBuildCgroups(files: Files, queue: SlowQueue): BuildCgroups {
  const watched = new Map<string, Watched>();
  let mount: string | null | undefined;
  let memoryAtMs = Number.NEGATIVE_INFINITY;
  let found: readonly CgroupRaw[] | undefined;

  function need(path: string, nowMs: number): void {
    const known = watched.get(path);
    if (known !== undefined) known.neededAtMs = nowMs;
    else if (watched.size < most) watched.set(path, { neededAtMs: nowMs, raw: unread(path) });
  }

  async function read(withMemory: boolean, nowMs: number): Promise<void> {
    if (mount === undefined) {
      const mounts = await files.readSlow('/proc/self/mountinfo', { maxBytes: 1 << 20 });
      if (mounts.ok) mount = parseCgroup2Mount(mounts.value);
    }
    if (typeof mount !== 'string') return;
    for (const [path, cgroup] of watched) {
      const text = async (name: string) => {
        const file = await files.readSlow(`${mount}${path}/${name}`);
        return file.ok ? file.value : '';
      };
      const before = cgroup.raw;
      const frozen = parseFrozen(await text('cgroup.events'));
      cgroup.raw = withMemory
        ? {
            path,
            frozen,
            memoryAtMs: nowMs,
            currentBytes: parseCgroupBytes(await text('memory.current')),
            limitBytes: parseCgroupBytes(await text('memory.max')),
            highBytes: parseCgroupBytes(await text('memory.high')),
            ...parseMemoryEvents(await text('memory.events.local')),
            oomKills: parseOomKills(await text('memory.events')),
          }
        : frozen === before.frozen
          ? before
          : { ...before, frozen };
    }
    found = [...watched.values()].map(({ raw }) => raw);
  }

  return {
    get found() {
      return found;
    },
    update(members, nowMs) {
      members.forEach(({ facts, uid }) => {
        // One outside of our cgroup namespace is `/../…`.
        if (typeof facts.cgroup !== 'string' || facts.cgroup.includes('..')) return;
        const own = ownCgroup(facts.cgroup, uid);
        for (let path = own ?? facts.cgroup; path.length > 1; path = path.slice(0, path.lastIndexOf('/'))) {
          need(path, nowMs);
        }
      });
      for (const [path, { neededAtMs }] of watched) {
        if (nowMs - neededAtMs > keptMs) watched.delete(path);
      }
      if (watched.size === 0) {
        found = undefined;
        return;
      }
      const withMemory = nowMs - memoryAtMs >= memoryEveryMs;
      if (withMemory) memoryAtMs = nowMs;
      queue.add('cgroups', true, () => read(withMemory, nowMs));
    },
  };
}

function unread(path: string): CgroupRaw {
  return {
    path,
    frozen: null,
    memoryAtMs: null,
    currentBytes: null,
    limitBytes: null,
    highBytes: null,
    throttled: null,
    limitHits: null,
    ooms: null,
    oomKills: null,
  };
}
