/**
 * Which outputs are locked, for those who may not look into other users' descriptors: /proc/locks gives everybody the
 * inode of a lock, the listing of the store its path and the derivations it may be of, and these say whose output it is.
 * When their logs were opened tells the builds of one worker apart. Looked for only while an unnamed build runs.
 */

import { toolOfComm } from '../model/forest/nix-tools.ts';
import { derivationOfPath, logOfDerivation, nameOfStorePath } from '../model/nix-store/store-path.ts';
import type { LockedOutput, LockRaw } from '../model/sample.ts';
import { isLockOn } from '../parse/locks.ts';
import type { Files } from '../platform/ports.ts';
import { isUnnamed } from './build-directories.ts';
import type { LockNames } from './lock-names.ts';
import type { Member } from './member.ts';

const store = '/nix/store';
/** A store has some hundred thousand names. */
const everyMs = 5000;
const listDeadlineMs = 5000;
/** Interrupted builds leave theirs; past this many nothing is told, for the right one may be among the rest. */
const mostLockFiles = 512;
/** Derivations of one name. */
const mostOfName = 16;
const derivationBytes = 1 << 20;

export interface OutputLocks extends LockNames {
  /** By output path; the same object while unchanged. */
  readonly outputs: Readonly<Record<string, LockedOutput>>;
}

export function createOutputLocks(files: Files): OutputLocks {
  let paths: Readonly<Record<string, string>> = {};
  let outputs: Readonly<Record<string, LockedOutput>> = {};
  let unresolved = '';
  let atMs = Number.NEGATIVE_INFINITY;

  async function nameLocks(unknown: readonly string[], names: readonly string[]): Promise<boolean> {
    const lockFiles = names.filter((name) => name.endsWith('.lock') && !name.endsWith('.drv.lock'));
    if (lockFiles.length > mostLockFiles) return false;
    const named: Record<string, string> = {};
    for (const name of lockFiles) {
      const path = `${store}/${name}`;
      const owner = await files.ownerSlow(path);
      const file = owner.ok ? unknown.find((one) => isLockOn(one, owner.value)) : undefined;
      if (file !== undefined) named[file] = path;
    }
    if (Object.keys(named).length > 0) paths = { ...paths, ...named };
    return true;
  }

  /** `firefox-130.0-debug` may be an output of `firefox-130.0.drv`. */
  async function findDerivations(names: readonly string[]): Promise<void> {
    const wanted = Object.values(paths)
      .map(outputOf)
      .filter((path) => !(path in outputs));
    const candidates = new Map<string, string[]>();
    for (const path of wanted) for (const name of derivationNames(path)) candidates.set(name, []);
    for (const name of names) candidates.get(name.slice(hashLength))?.push(name);
    const found: Record<string, LockedOutput> = {};
    for (const path of wanted) {
      const likely = derivationNames(path).flatMap((name) => candidates.get(name) ?? []);
      for (const name of likely.slice(0, mostOfName)) {
        const text = await files.readSlow(`${store}/${name}`, { maxBytes: derivationBytes });
        if (!text.ok || !text.value.includes(`"${path}"`)) continue;
        found[path] = { derivation: `${store}/${name}`, log: null };
        break;
      }
    }
    if (Object.keys(found).length > 0) outputs = { ...outputs, ...found };
  }

  async function lookAtLogs(): Promise<void> {
    const changed: Record<string, LockedOutput> = {};
    for (const [path, output] of Object.entries(outputs)) {
      const log = await logOf(output.derivation);
      if (JSON.stringify(log) !== JSON.stringify(output.log)) changed[path] = { ...output, log };
    }
    if (Object.keys(changed).length > 0) outputs = { ...outputs, ...changed };
  }

  /** Compressed or not, as `compress-log` says now. */
  async function logOf(derivation: string): Promise<LockedOutput['log']> {
    const name = derivationOfPath(derivation);
    let newest: LockedOutput['log'] = null;
    for (const end of name === null ? [] : ['.bz2', '']) {
      const owner = await files.ownerSlow(`${name === null ? '' : logOfDerivation(name)}${end}`);
      if (!owner.ok || owner.value.changedMs <= (newest?.changedMs ?? 0)) continue;
      const { bornMs, changedMs, bytes } = owner.value;
      newest = { bornMs, changedMs, bytes };
    }
    return newest;
  }

  return {
    get paths() {
      return paths;
    },
    get outputs() {
      return outputs;
    },
    async update(members, locks, nowMs) {
      const present = new Set(locks.map(({ file }) => file));
      paths = kept(paths, (file) => present.has(file));
      const locked = new Set(Object.values(paths).map(outputOf));
      outputs = kept(outputs, (path) => locked.has(path));
      if (![...members.values()].some(isUnnamed)) return false;
      const unknown = () => locks.filter((lock) => isHeldByTool(lock, members) && !(lock.file in paths));
      if (signatureOf(unknown()) !== unresolved) {
        if (nowMs - atMs < everyMs) return false;
        atMs = nowMs;
        const names = await files.listSlow(store, { deadlineMs: listDeadlineMs });
        const wanted = unknown().map(({ file }) => file);
        if (!names.ok || !(await nameLocks(wanted, names.value))) return false;
        await findDerivations(names.value);
        unresolved = signatureOf(unknown());
      }
      await lookAtLogs();
      return true;
    },
  };
}

const hashLength = 33;

function outputOf(lockPath: string): string {
  return lockPath.slice(0, -'.lock'.length);
}

function derivationNames(output: string): readonly string[] {
  const name = nameOfStorePath(output);
  if (name === null) return [];
  const whole = [`${name}.drv`];
  return name.includes('-') ? [...whole, `${name.slice(0, name.lastIndexOf('-'))}.drv`] : whole;
}

function isHeldByTool({ pid, waiting }: LockRaw, members: ReadonlyMap<number, Member>): boolean {
  const member = members.get(pid);
  return !waiting && member !== undefined && toolOfComm(member.stat.comm) !== null;
}

function signatureOf(locks: readonly LockRaw[]): string {
  return locks
    .map(({ pid, file }) => `${pid} ${file}`)
    .sort()
    .join();
}

function kept<Value>(
  record: Readonly<Record<string, Value>>,
  keep: (key: string) => boolean,
): Readonly<Record<string, Value>> {
  if (Object.keys(record).every(keep)) return record;
  return Object.fromEntries(Object.entries(record).filter(([key]) => keep(key)));
}
