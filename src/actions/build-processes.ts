/**
 * Which processes may be signalled as those of a build, in a forest read just now. Nix hands a build user on to the
 * next build within milliseconds, so "everything of that user" needs a proof each time:
 * 1. the root is the very process that the target names, and runs as its build user or is proven a builder by itself;
 * 2. what is below it, or below what an earlier reading of the same action proved, is of the build;
 * 3. so is who is in a session that one of those began, wherever it hangs in the tree;
 * 4. so is what else runs as its build user, unless Nix has begun another build of that user.
 * What is proven is added to `proof.proven`: it counts in later readings, when the root may be gone.
 */

import { type IdentityKey, identityKey, sameProcess } from '../base/identity.ts';
import type { Forest } from '../model/forest/forest.ts';
import { isBuilderParent, isProofUnread, isProvenBuilder } from '../model/forest/forest-builds.ts';
import { buildUserSlot, isAutoAllocatedUid, isBuildUserName, toolOfComm } from '../model/forest/nix-tools.ts';
import { ancestors, argvOf, elsewhereOf } from '../model/forest/process-graph.ts';
import { type BuildTarget, titleOfTarget } from '../model/intents/intent.ts';
import type { ForestRaw, ProcessRaw } from '../model/sample.ts';

/** What an action knows of a build: its target, and what was proven to be its. */
export interface Proof {
  readonly target: BuildTarget;
  /** By earlier readings; findBuildProcesses adds to it. */
  readonly proven: Map<IdentityKey, ProcessRaw>;
  /** Of which Nix its root is (see elsewhereOf): the same uid of another one's is another user. */
  elsewhere: string | null;
}

/**
 * `ended`: nothing of it is left. `doubtful`: something is there, and it is not proven to be its.
 * `proven`: root first, zombies included; all of them are in `proof.proven` from now on. `sessions`: those that
 * are wholly of the build.
 */
export type BuildProcesses =
  | {
      readonly kind: 'proven';
      readonly processes: readonly ProcessRaw[];
      readonly sessions: ReadonlySet<number>;
    }
  | { readonly kind: 'ended' }
  | Doubt;

/** `unread`: what could prove it has not been read yet. */
export interface Doubt {
  readonly kind: 'doubtful';
  readonly reason: string;
  readonly unread?: boolean;
}

/** The first uid of people's accounts (login.defs), whatever group they were put in. */
const firstPersonUid = 1000;

export function proofOf(target: BuildTarget): Proof {
  return { target, proven: new Map(), elsewhere: null };
}

/** A leader may be a zombie while its threads go on. */
export function isLiving(process: ProcessRaw): boolean {
  return process.state !== 'Z' || process.threads > 1;
}

/** True for a uid that only builds ever have. */
export function isBuildersOwnUid({ buildUsers }: ForestRaw, uid: number): boolean {
  if (uid === 0) return false;
  if (isAutoAllocatedUid(uid)) return true;
  const name = buildUsers[uid];
  return name !== undefined && (isBuildUserName(name) || uid < firstPersonUid);
}

/** `own`: our pid and our ancestors' (see forest-now.ts). */
export function findBuildProcesses(proof: Proof, forest: Forest, own: ReadonlySet<number>): BuildProcesses {
  const { target, proven } = proof;
  const { raw, byPid } = forest;
  const slot = target.uid !== null && isBuildersOwnUid(raw, target.uid) ? buildUserSlot(target.uid) : null;
  const found = byPid.get(target.root.pid);
  const root = found !== undefined && sameProcess(found, target.root) ? found : null;
  if (root !== null && !proven.has(identityKey(root))) {
    const doubt = whyNoBuilder(root, target, slot, forest);
    if (doubt !== null) return doubt;
    proof.elsewhere = elsewhereOf(forest, root);
  }
  const isOfUser = (process: ProcessRaw): boolean =>
    slot !== null && isOfSlot(process, slot) && elsewhereOf(forest, process) === proof.elsewhere;

  const members = new Map<number, ProcessRaw>();
  if (root !== null) addWithChildren(root, members, forest);
  for (const process of raw.processes) {
    if (proven.has(identityKey(process))) addWithChildren(process, members, forest);
  }
  // Without its root, and nothing proven before, a number alone is no proof: its build user has to be too.
  if (root !== null || proven.size > 0 || slot !== null) addSessions(proof, members, forest, slot);
  if (slot !== null) {
    const othersOfUser = raw.processes.filter((process) => isOfUser(process) && !members.has(process.pid));
    const known = root !== null || proven.size > 0;
    // Nix ends all that is left of a user before it gives it to a build: whatever is new is the next build's.
    const isNextBuild = othersOfUser.some((process) => isBelowTool(process, slot, forest));
    if (known && !isNextBuild) {
      for (const process of othersOfUser) {
        if (mayHaveEscaped(process, target)) addWithChildren(process, members, forest);
      }
      addSessions(proof, members, forest, slot);
    } else if (members.size === 0 && othersOfUser.length > 0 && !isNextBuild) {
      const user = target.user ?? `uid ${target.uid}`;
      return { kind: 'doubtful', reason: `it has ended, and what ${user} runs now is not proven to be its` };
    }
  }
  return verdict(proof, members, forest, own);
}

function verdict(
  { target, proven }: Proof,
  members: ReadonlyMap<number, ProcessRaw>,
  forest: Forest,
  own: ReadonlySet<number>,
): BuildProcesses {
  if ([...members.keys()].some((pid) => own.has(pid))) {
    return { kind: 'doubtful', reason: 'nixpulse itself runs in it' };
  }
  const outside = new Set(
    [forest.daemon, ...forest.otherDaemons, ...forest.workers.map(({ process }) => process)].map(
      (p) => p?.pid,
    ),
  );
  for (const client of forest.clients) for (const { pid } of client.processes) outside.add(pid);
  const processes = [...members.values()].filter(({ pid }) => pid > 1 && !outside.has(pid));
  if (processes.length === 0) return { kind: 'ended' };
  for (const process of processes) proven.set(identityKey(process), process);
  const first = processes.findIndex((process) => sameProcess(process, target.root));
  if (first > 0) processes.unshift(...processes.splice(first, 1));
  const sessions = new Set(processes.map(({ session }) => session).filter((one) => isOurs(one)));
  return { kind: 'proven', processes, sessions };

  function isOurs(session: number): boolean {
    const leader = forest.byPid.get(session);
    return leader === undefined ? sessionsBegunBy(target, proven).has(session) : members.has(leader.pid);
  }
}

/** Whoever leads a group of a session that is the build's own has nobody else's in it; zombies lead on. */
export function groupLeaders({
  processes,
  sessions,
}: Extract<BuildProcesses, { readonly kind: 'proven' }>): readonly ProcessRaw[] {
  return processes.filter(({ pid, pgrp, session }) => pid === pgrp && sessions.has(session));
}

/** Why this process is no builder root we may touch, or null. */
function whyNoBuilder(
  root: ProcessRaw,
  target: BuildTarget,
  slot: number | null,
  forest: Forest,
): Doubt | null {
  const doubt = (reason: string): Doubt => ({ kind: 'doubtful', reason });
  if (slot !== null) {
    const user = target.user ?? target.uid;
    return isOfSlot(root, slot) ? null : doubt(`process ${root.pid} no longer runs as ${user}`);
  }
  const remote = forest.remotes.find(({ hook }) => sameProcess(hook, root));
  if (remote !== undefined) {
    return doubt(`it runs on ${remote.host ?? 'another machine'}; cancel its client instead`);
  }
  const leads = root.session === root.pid && toolOfComm(root.comm) === null;
  if (leads && isBuilderParent(forest.byPid.get(root.ppid))) {
    if (isProvenBuilder(root)) return null;
    if (isProofUnread(root)) {
      const reason = `not yet: what proves process ${root.pid} to be its builder is still being read; ask again in a moment`;
      return { ...doubt(reason), unread: true };
    }
  }
  return doubt(`process ${root.pid} is not proven to be the builder of ${titleOfTarget(target)}`);
}

function addWithChildren(process: ProcessRaw, members: Map<number, ProcessRaw>, forest: Forest): void {
  if (members.has(process.pid)) return;
  members.set(process.pid, process);
  for (const child of forest.children.get(process.pid) ?? []) addWithChildren(child, members, forest);
}

/**
 * A session's number is not given away while anybody is in it: whoever is in a session that a process of
 * the build began is of the build, wherever it hangs in the tree.
 */
function addSessions(
  { target, proven }: Proof,
  members: Map<number, ProcessRaw>,
  forest: Forest,
  slot: number | null,
): void {
  const sessionsBegun = sessionsBegunBy(target, proven);
  for (let before = -1; before !== members.size; ) {
    before = members.size;
    for (const process of forest.raw.processes) {
      if (members.has(process.pid) || process.startTime < target.root.startTime) continue;
      const leader = forest.byPid.get(process.session);
      const ours =
        leader === undefined
          ? sessionsBegun.has(process.session) && (slot === null || isOfSlot(process, slot))
          : members.has(leader.pid);
      if (ours) addWithChildren(process, members, forest);
    }
  }
}

/** Of leaders that were proven earlier and may have ended since. */
function sessionsBegunBy(target: BuildTarget, proven: Proof['proven']): ReadonlySet<number> {
  const sessionsBegun = new Set([target.root.pid]);
  for (const one of proven.values()) if (one.session === one.pid) sessionsBegun.add(one.pid);
  return sessionsBegun;
}

function isOfSlot({ uid }: ProcessRaw, slot: number): boolean {
  return uid !== null && buildUserSlot(uid) === slot;
}

/** Something that Nix started for another build of this user, or that a Nix outside runs as this user. */
function isBelowTool(process: ProcessRaw, slot: number, forest: Forest): boolean {
  for (const ancestor of ancestors(forest, process)) {
    // Orphans fall to pid 1, and in a container that may be the daemon.
    if (ancestor.pid === 1) return false;
    if (isBuilderParent(ancestor) && !isOfSlot(ancestor, slot)) return true;
  }
  return false;
}

/** Builders have no controlling terminal, and nothing of a build is older than its root. */
function mayHaveEscaped(process: ProcessRaw, { root }: BuildTarget): boolean {
  const daemon = process.comm === 'nix-daemon' && !argvOf(process).includes('--stdio');
  return process.tty === 0 && process.startTime >= root.startTime && !daemon;
}
