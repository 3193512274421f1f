/** What the guards of memory write when they kill: systemd-oomd, earlyoom, nohang. Each tells it in several lines. */
import type { KillCandidate, NoticeData } from '../model/diagnosis/notice.ts';

type GuardKill = Extract<NoticeData, { kind: 'guard-kill' }>;

/** Line after line of one guard; the kill comes with the line that tells it. */
export interface GuardReader {
  read(line: string): GuardKill | null;
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
 * 80.00% for > 20s`, or `due to memory used (…)`. The list may be of others than who was killed.
 */
export function createOomdReader(): GuardReader {
  let considered: KillCandidate[] = [];
  function read(line: string): GuardKill | null {
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
    return kill;
  }
  return { read };
}

/**
 * kill.c: `sending SIGTERM to process 7 uid 30001 "cc1plus": oom_score 812, oom_score_adj 0, VmRSS 1234 MiB, cmdline "…"`;
 * without the uid before 1.6, with `badness` before 1.8.
 */
export function createEarlyoomReader(): GuardReader {
  const sending = /^sending SIG(?:TERM|KILL) to process (\d+)(?: uid (\d+))? "(.*?)": .*?\bVmRSS (\d+) MiB/;
  return {
    read(line) {
      const match = sending.exec(line.trim());
      if (match === null) return null;
      const [, pid, uid, comm = null, resident] = match;
      return {
        kind: 'guard-kill',
        by: 'earlyoom',
        pid: Number(pid),
        comm,
        uid: uid === undefined ? null : Number(uid),
        residentBytes: Number(resident) * mib,
        cgroup: null,
      };
    },
  };
}

/**
 * src/nohang: `Victim status (found in 5ms):`, `PID:       7, name: cc1plus, state: R (running), EUID: 30001, …`, `Vm, MiB:
 * Size: 9, RSS: 8 (Anon: …`, `cgroup_v2: /a`, and later `Sending SIGTERM to the victim`.
 */
export function createNohangReader(): GuardReader {
  let victim: Omit<GuardKill, 'kind' | 'by'> | null = null;
  return {
    read(line) {
      const said = line.trim();
      const status = /^PID: +(\d+), name: (.*?), state: .*?, EUID: (\d+)/.exec(said);
      if (status !== null) {
        const [, pid, comm = null, uid] = status;
        victim = { ...nobody, pid: Number(pid), comm, uid: Number(uid) };
      }
      if (victim === null) return null;
      const resident = /^Vm, MiB: .*?\bRSS: (\d+)/.exec(said)?.[1];
      if (resident !== undefined) victim = { ...victim, residentBytes: Number(resident) * mib };
      const cgroup = /^cgroup_v2: (\/\S*)$/.exec(said)?.[1];
      if (cgroup !== undefined) victim = { ...victim, cgroup };
      if (!/^Sending SIG(?:TERM|KILL) to the victim/.test(said)) return null;
      const kill: GuardKill = { kind: 'guard-kill', by: 'nohang', ...victim };
      victim = null;
      return kill;
    },
  };
}
