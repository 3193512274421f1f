/**
 * What the guards of memory write when they kill: systemd-oomd, earlyoom, nohang. Each tells it in several lines. A signal
 * that may be refused is no kill: a shell takes no note of SIGTERM, and so does an init of a container.
 */
import type { KillCandidate, NoticeData } from '../model/diagnosis/notice.ts';

type GuardKill = Extract<NoticeData, { kind: 'guard-kill' }>;
type GuardSignal = Extract<NoticeData, { kind: 'guard-signal' }>;

export interface GuardTold {
  readonly data: GuardKill | GuardSignal;
  /** The line that names the victim, and when it was written, Unix ms: it ran then. */
  readonly line: string;
  readonly timeMs: number;
}

/** Line after line of one guard, with when it was written, Unix ms; what it did comes with the line that ends it. */
export interface GuardReader {
  read(line: string, timeMs: number): GuardTold | null;
}

/** A signal that was sent, and how it ended is not said yet. */
interface Sent {
  readonly told: Omit<GuardTold, 'data'>;
  readonly victim: Omit<GuardSignal, 'kind' | 'by'>;
  /** SIGKILL: whoever gets it ends, if late. */
  readonly sure: boolean;
}

function outcomeOf({ told, victim, sure }: Sent, by: GuardSignal['by'], ended: boolean): GuardTold {
  return { ...told, data: { kind: ended || sure ? 'guard-kill' : 'guard-signal', by, ...victim } };
}

const nobody = { pid: null, comm: null, uid: null, residentBytes: null, cgroup: null };
const mib = 1024 ** 2;
/** The likeliest of those that systemd-oomd looked at. */
const mostConsidered = 8;

/** `43.3G` as FORMAT_BYTES has it: src/basic/format-util.c of systemd. */
function bytesOf(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)([BKMGTPE])$/.exec(text);
  if (match === null) return null;
  return Math.round(Number(match[1]) * 1024 ** 'BKMGTPE'.indexOf(match[2] ?? ''));
}

/**
 * src/oom/oomd-util.c: `Considered 50 cgroups for killing, top candidates were:`, of each `Path: /a`, `Pressure: Avg10:
 * 85.87, Avg60: …` and `Current Memory Usage: 43.3G`; then `Killed /b due to memory pressure for /c being 85.87% >
 * 80.00% for > 20s`, or `due to memory used (…)`. The list may be of others than who was killed. It sends SIGKILL, and says
 * `Killed` once somebody got it (oomd_cgroup_kill).
 */
export function createOomdReader(): GuardReader {
  let considered: KillCandidate[] = [];
  function read(line: string, timeMs: number): GuardTold | null {
    const said = line.trim();
    if (/^Considered \d+ cgroups for killing/.test(said)) considered = [];
    const path = /^Path: (\S+)$/.exec(said)?.[1];
    if (path !== undefined && considered.length < mostConsidered)
      considered.push({ cgroup: path, currentBytes: null, pressure10: null });
    const last = considered.at(-1);
    if (last !== undefined) {
      const pressure = /^Pressure: Avg10: (\d+(?:\.\d+)?)/.exec(said)?.[1];
      const bytes = /^Current Memory Usage: (\S+)$/.exec(said)?.[1];
      if (pressure !== undefined) considered.splice(-1, 1, { ...last, pressure10: Number(pressure) });
      if (bytes !== undefined) considered.splice(-1, 1, { ...last, currentBytes: bytesOf(bytes) });
    }
    const cgroup = /^(?:Killed|Marked) (\/\S*) (?:for killing )?due to memory /.exec(said)?.[1];
    if (cgroup === undefined) return null;
    const own = considered.find((one) => one.cgroup === cgroup);
    const kill: GuardKill = {
      kind: 'guard-kill',
      by: 'systemd-oomd',
      ...nobody,
      cgroup,
      residentBytes: own?.currentBytes ?? null,
      ...(considered.length > 0 && { considered }),
    };
    considered = [];
    return { data: kill, line, timeMs };
  }
  return { read };
}

/**
 * kill.c: `sending SIGTERM to process 7 uid 30001 "cc1plus": oom_score 812, oom_score_adj 0, VmRSS 1234 MiB, cmdline "…"`;
 * without the uid before 1.6, with `badness` before 1.8. It waits for ten seconds at most, meanwhile it may say `escalating
 * to SIGKILL after 0.5 seconds`: then `process 7 exited after 0.6 seconds` (1.3 to 1.8 without the pid), or `kill failed:
 * Timer expired`. With `--dryrun` neither.
 */
export function createEarlyoomReader(): GuardReader {
  const sending = /^sending SIG(TERM|KILL) to process (\d+)(?: uid (\d+))? "(.*?)": .*?\bVmRSS (\d+) MiB/;
  let sent: Sent | null = null;
  function end(ended: boolean): GuardTold | null {
    const told = sent === null ? null : outcomeOf(sent, 'earlyoom', ended);
    sent = null;
    return told;
  }
  return {
    read(line, timeMs) {
      const said = line.trim();
      const match = sending.exec(said);
      if (match !== null) {
        const [, signal, pid, uid, comm = null, resident] = match;
        sent = {
          told: { line, timeMs },
          sure: signal === 'KILL',
          victim: {
            pid: Number(pid),
            comm,
            uid: uid === undefined ? null : Number(uid),
            residentBytes: Number(resident) * mib,
            cgroup: null,
          },
        };
        return null;
      }
      if (sent !== null && /^escalating to SIGKILL after /.test(said)) sent = { ...sent, sure: true };
      if (/^process (?:-?\d+ )?exited after /.test(said)) return end(true);
      // ETIME: it got the signal.
      if (/^kill failed: Timer expired/.test(said)) return end(false);
      if (/^kill failed: |^dryrun/.test(said)) sent = null;
      return null;
    },
  };
}

/**
 * src/nohang: `Victim status (found in 5ms):`, `PID:       7, name: cc1plus, state: R (running), EUID: 30001, …`, `Vm, MiB:
 * Size: 9, RSS: 8 (Anon: …`, `cgroup_v2: /a`, and later `Sending SIGTERM to the victim`; then `The victim died in 0.03s`,
 * `The victim became a zombie in …`, or, of SIGTERM within a fraction of a second, `The victim doesn't respond on corrective
 * action in …`: that may still end, and nothing more is said of it.
 */
export function createNohangReader(): GuardReader {
  let victim: Sent['victim'] | null = null;
  let sent: Sent | null = null;
  function end(ended: boolean): GuardTold | null {
    const told = sent === null ? null : outcomeOf(sent, 'nohang', ended);
    sent = null;
    return told;
  }
  return {
    read(line, timeMs) {
      const said = line.trim();
      const status = /^PID: +(\d+), name: (.*?), state: .*?, EUID: (\d+)/.exec(said);
      if (status !== null) {
        const [, pid, comm = null, uid] = status;
        victim = { ...nobody, pid: Number(pid), comm, uid: Number(uid) };
      }
      if (/^The victim (?:died|became a zombie) in /.test(said)) return end(true);
      if (/^The victim doesn't respond on corrective action/.test(said)) return end(false);
      if (/^(?:Selected process died before|Cannot send a signal)/.test(said)) sent = null;
      if (victim === null) return null;
      const resident = /^Vm, MiB: .*?\bRSS: (\d+)/.exec(said)?.[1];
      if (resident !== undefined) victim = { ...victim, residentBytes: Number(resident) * mib };
      const cgroup = /^cgroup_v2: (\/\S*)$/.exec(said)?.[1];
      if (cgroup !== undefined) victim = { ...victim, cgroup };
      const signal = /^Sending SIG(TERM|KILL) to the victim/.exec(said)?.[1];
      if (signal === undefined) return null;
      sent = { told: { line, timeMs }, victim, sure: signal === 'KILL' };
      victim = null;
      return null;
    },
  };
}
