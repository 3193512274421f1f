/**
 * Tools that run as the script of an interpreter (`bash ./nixos-rebuild`), and those of somebody's own that the settings
 * name: found above the Nix commands they start.
 */

import type { IdentityKey } from '../base/identity.ts';
import { isInterpreter, nameOfScript, toolOfScript } from '../model/forest/command-line.ts';
import { toolOfComm } from '../model/forest/nix-tools.ts';
import { parseProcessStat } from '../parse/process-stat.ts';
import type { Files } from '../platform/ports.ts';
import type { Member } from './member.ts';
import { readArgv } from './process-facts.ts';
import type { SlowQueue } from './slow-queue.ts';

export interface ScriptsAbove {
  /** Pid of the interpreter to the start of what it started: who has the pid and is younger is another. */
  readonly found: ReadonlyMap<number, number>;
  /** Of them by pid those that the settings name, as they name them. */
  readonly own: ReadonlyMap<number, string>;
  update(members: ReadonlyMap<number, Member>): void;
}

/** Shells between a script and the Nix command it waits for. */
const highest = 4;

/** What the settings name (`[clients] tools`); they may be read after the first look. */
export interface OwnTools {
  names: readonly string[];
}

/** The kernel cuts comm at 15 characters. */
const commLength = 15;

export function createScriptsAbove(
  files: Files,
  queue: SlowQueue,
  tools: Readonly<OwnTools> = { names: [] },
): ScriptsAbove {
  const found = new Map<number, number>();
  const own = new Map<number, string>();
  let { names } = tools;
  const looked = new Set<IdentityKey>();

  async function lookAbove({ startTime, ppid }: Member['stat'], height = 0): Promise<void> {
    if (ppid <= 1 || height >= highest) return;
    const text = await files.readSlow(`/proc/${ppid}/stat`);
    const stat = text.ok ? parseProcessStat(text.value) : text;
    if (!stat.ok || stat.value.startTime > startTime) return;
    const { comm } = stat.value;
    const program = names.find((name) => name.slice(0, commLength) === comm);
    if (program === undefined && !isInterpreter(comm)) return;
    const { argv } = await readArgv(files, ppid);
    const words = Array.isArray(argv) ? argv : [];
    const script = isInterpreter(comm) ? nameOfScript(words) : null;
    const named = program ?? names.find((name) => name === script);
    if (named !== undefined) own.set(ppid, named);
    if (named !== undefined || toolOfScript(words) !== null) found.set(ppid, startTime);
    await lookAbove(stat.value, height + 1);
  }

  return {
    found,
    own,
    update(members) {
      if (tools.names !== names) {
        ({ names } = tools);
        looked.clear();
      }
      const present = new Set<IdentityKey>();
      const parents = new Set<number>();
      members.forEach(({ key, stat }) => {
        parents.add(stat.ppid);
        if (toolOfComm(stat.comm) === null || members.has(stat.ppid)) return;
        present.add(key);
        if (looked.has(key)) return;
        queue.add(`above ${key}`, false, () => {
          looked.add(key);
          return lookAbove(stat);
        });
      });
      for (const key of looked) if (!present.has(key)) looked.delete(key);
      for (const pid of found.keys()) {
        if (members.has(pid) || parents.has(pid)) continue;
        found.delete(pid);
        own.delete(pid);
      }
    },
  };
}
