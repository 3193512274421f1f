/** Long reading that must not be in anybody's way: last in line for CPU and disk, where the tools are there. */
import type { Spawn } from '../platform/ports.ts';

export type CommandLine = readonly [file: string, ...args: string[]];
export type LowPriority = (command: CommandLine) => CommandLine;

const cpu: CommandLine = ['nice', '-n', '19'];
/** Idle class: only what nobody else wants. BFQ honours it, `none` and `mq-deadline` do not. */
const disk: CommandLine = ['ionice', '-c', '3'];

/** Tries the prefixes out once; each replaces itself by the command, so that signals reach it. */
export async function findLowPriority(spawn: Spawn): Promise<LowPriority> {
  const works = async ([file, ...args]: CommandLine) => {
    const tried = await spawn.run(file, [...args, 'true'], { timeoutMs: 2000 });
    return tried.ok && tried.value.exitCode === 0;
  };
  const [nice, ionice] = await Promise.all([works(cpu), works(disk)]);
  const prefix = [...(nice ? cpu : []), ...(ionice ? disk : [])];
  return ([file, ...args]) => {
    const [first = file, ...rest] = [...prefix, file, ...args];
    return [first, ...rest];
  };
}
