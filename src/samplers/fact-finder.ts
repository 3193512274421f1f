/** Asks once per program image what may block: command lines of all, environment and sandbox of builders. */
import { clientPidOfWorker, toolOfComm } from '../model/forest/nix-tools.ts';
import type { ProcessFacts } from '../model/sample.ts';
import type { Files } from '../platform/ports.ts';
import type { Member } from './member.ts';
import { readArgv, readBuilder, readOutermost } from './process-facts.ts';
import type { SlowQueue } from './slow-queue.ts';

export interface HowToAsk {
  /** What tells which build it is and who started it comes as ever, other command lines one at a time. */
  readonly lowDetail?: boolean;
  /** Somebody is about to signal a build: what proves it is asked for again at once. */
  readonly urgently?: boolean;
}

export interface FactFinder {
  ask(members: ReadonlyMap<number, Member>, nowMs: number, how?: HowToAsk): void;
}

/** Command lines of ordinary build processes asked for in one scan: a fork storm must not queue up. */
const commandsPerScan = 16;
const commandsPerScanLow = 1;
/** What came too late (a process that faults its pages back in) may come in time later. */
const askAgainMs = 10_000;
/** Of a builder, without which it has no name and cannot be killed. */
const askBuilderAgainMs = 2000;
/** Between fork and title, between exec and arguments: for so many scans an answer may be premature. */
const prematureScans = 3;

export function createFactFinder(
  files: Files,
  queue: SlowQueue,
  isBuildUid: (uid: number) => boolean,
): FactFinder {
  /** The answer counts only if it is still that very program. */
  function question(
    members: ReadonlyMap<number, Member>,
    member: Member,
    what: string,
    urgent: boolean,
    read: () => Promise<ProcessFacts>,
  ): void {
    const { comm, session } = member.stat;
    queue.add(`${member.key}:${comm}:${what}`, urgent, async () => {
      const facts = await read();
      const { stat } = member;
      if (members.get(member.pid) !== member || stat.comm !== comm || stat.session !== session) return;
      if (!member.statFile.read().ok) return;
      member.facts = { ...member.facts, ...facts };
    });
  }

  function isBuilder(members: ReadonlyMap<number, Member>, { stat, uid, pid }: Member): boolean {
    if (stat.session !== pid) return false;
    if (uid !== null && isBuildUid(uid)) return true;
    const parent = members.get(stat.ppid);
    return parent !== undefined && toolOfComm(parent.stat.comm) !== null && toolOfComm(stat.comm) === null;
  }

  /** Below a tool or a builder it is the place of what stands above. */
  function isOutermost(members: ReadonlyMap<number, Member>, { stat, uid }: Member): boolean {
    if (members.has(stat.ppid)) return false;
    return toolOfComm(stat.comm) !== null || (uid !== null && isBuildUid(uid));
  }

  return {
    ask(members, nowMs, { lowDetail = false, urgently = false } = {}) {
      let commands = lowDetail ? commandsPerScanLow : commandsPerScan;
      members.forEach((member) => {
        const { stat, facts, pid } = member;
        const builder = isBuilder(members, member);
        const again = nowMs >= member.askAgainAtMs || (urgently && builder);
        const needsArgv = isMissing(facts.argv, again) || isPremature(member, members.get(stat.ppid));
        const needsBuilder =
          builder && (isMissing(facts.rootMount, again) || isMissing(facts.environment, again));
        const needsPlace = isMissing(facts.statePlace, again) && isOutermost(members, member);
        if (!needsArgv && !needsBuilder && !needsPlace) return;
        if (needsPlace) question(members, member, 'place', true, () => readOutermost(files, pid));
        const first = builder || toolOfComm(stat.comm) !== null || stat.comm === 'systemd-run';
        if (needsBuilder) question(members, member, 'builder', true, () => readBuilder(files, pid));
        if (needsArgv && (first || (member.scans > 0 && commands-- > 0))) {
          question(members, member, 'argv', first, () => readArgv(files, pid));
        }
        if (again) member.askAgainAtMs = nowMs + (builder ? askBuilderAgainMs : askAgainMs);
      });
    },
  };
}

/** Not asked, or asked when no answer could come. */
function isMissing(fact: string | object | undefined, again: boolean): boolean {
  if (fact === undefined) return true;
  if (!again || typeof fact !== 'object' || !('kind' in fact)) return false;
  return fact.kind === 'timeout' || fact.kind === 'exhausted';
}

/** A worker titles itself some time after its fork, and exec shows no arguments for a moment. */
function isPremature({ stat, facts, scans }: Member, parent: Member | undefined): boolean {
  const { argv } = facts;
  if (scans >= prematureScans || !Array.isArray(argv) || stat.state === 'Z') return false;
  if (argv.length === 0) return true;
  const isWorker = stat.comm === 'nix-daemon' && parent?.stat.comm === stat.comm;
  return isWorker && clientPidOfWorker(argv) === null;
}
