/**
 * A configuration that is being put in force: switch-to-configuration or the `activate` of a generation, with all that
 * it started. Since 25.05 nixos-rebuild has systemd-run start the switch, which is a child of pid 1 then.
 */

import type { ProcessRaw } from '../sample.ts';
import type { ActivationGroup, ClientGroup } from './client-group.ts';
import { toolOfComm } from './nix-tools.ts';
import { argvOf, type Graph } from './process-graph.ts';

const actions: ReadonlySet<string> = new Set(['switch', 'test', 'boot', 'dry-activate', 'check', 'activate']);
const dryOptions: ReadonlySet<string> = new Set(['-n', '--dry-run']);

/** A switch, here or by ssh on another machine, or a script that a generation activates itself by. */
export function isActivation(process: ProcessRaw): boolean {
  if (toolOfComm(process.comm) === 'switch-to-configuration' || isActivateScript(process)) return true;
  return process.comm === 'ssh' && wordsOf(process).some(isSwitchProgram);
}

/** ssh(1) takes a command as words or as one. */
function wordsOf(process: ProcessRaw): readonly string[] {
  const argv = argvOf(process);
  return process.comm === 'ssh' ? argv.flatMap((word) => word.split(/[\s'"]+/)) : argv;
}

export function isActivateScript({ comm }: Pick<ProcessRaw, 'comm'>): boolean {
  return toolOfComm(comm) === 'activate';
}

/** Other programs are called `activate` too: `/nix/store/…-home-manager-generation/activate`. */
export function isGenerationsScript(process: ProcessRaw): boolean {
  return argvOf(process).some((word) => /^\/nix\/store\/[^/]+\/activate(?:-user)?$/.test(word));
}

/** Of a client's processes, parents before children; `client`: its outermost. */
export function activationOf(
  client: ProcessRaw,
  processes: readonly ProcessRaw[],
): Omit<ActivationGroup, 'unit'> | null {
  const process = processes.find(isActivation);
  if (process === undefined) return null;
  const pids = new Set<number>();
  for (const one of processes) if (isActivation(one) || pids.has(one.ppid)) pids.add(one.pid);
  const words = wordsOf(process);
  // A host may be called `test`.
  const own = words.slice(words.findIndex(isSwitchProgram) + 1).find((word) => actions.has(word));
  const dry = argvOf(client).some((word) => dryOptions.has(word));
  const action = dry ? 'dry-activate' : (own ?? argvOf(client).find((word) => actions.has(word)) ?? null);
  return { process, action, processes: processes.filter(({ pid }) => pids.has(pid)) };
}

/** The switch that each rebuild waits for becomes a part of it; a guess joins nothing. */
export function joinSwitches(clients: readonly ClientGroup[], graph: Graph): readonly ClientGroup[] {
  const joined = new Map<ClientGroup, ClientGroup>();
  for (const apart of clients) {
    const { process } = apart;
    if (toolOfComm(process.comm) !== 'switch-to-configuration' || graph.byPid.has(process.ppid)) continue;
    const waiting = clients.filter((client) => client !== apart && waiterFor(process, client) !== undefined);
    const [caller] = waiting;
    if (waiting.length === 1 && caller !== undefined && !joined.has(caller)) joined.set(caller, apart);
  }
  const apart = new Set(joined.values());
  return clients
    .filter((client) => !apart.has(client))
    .map((client) => {
      const other = joined.get(client);
      if (other === undefined || other.activation === null) return client;
      const unit = unitOf(argvOf(waiterFor(other.process, client) ?? client.process));
      return {
        ...client,
        processes: [...client.processes, ...other.processes],
        activation: { ...other.activation, unit },
      };
    });
}

/** Its systemd-run that had this very switch started: the same program with the same action, and before it. */
function waiterFor(switching: ProcessRaw, { processes }: ClientGroup): ProcessRaw | undefined {
  const argv = argvOf(switching);
  const program = argv.find(isSwitchProgram);
  return processes.find((process) => {
    if (process.comm !== 'systemd-run' || process.startTime > switching.startTime) return false;
    const words = argvOf(process);
    const position = words.findIndex(isSwitchProgram);
    const action = words[position + 1];
    if (position < 0 || action === undefined || !argv.includes(action)) return false;
    return program === undefined || program === words[position];
  });
}

function isSwitchProgram(word: string): boolean {
  return word.endsWith('/bin/switch-to-configuration');
}

/** `--unit=NAME`, `--unit NAME`, `-u NAME` of systemd-run(1). */
function unitOf(argv: readonly string[]): string | null {
  const position = argv.findIndex((word) => word === '-u' || word === '--unit' || word.startsWith('--unit='));
  const word = argv[position];
  if (word === undefined) return null;
  return word.startsWith('--unit=') ? word.slice('--unit='.length) : (argv[position + 1] ?? null);
}

const unitVerbs = /^(?:start|stop|restart|reload|try-restart|reload-or-restart|isolate)$/;

/** The unit that a client stands still for: the job of a `systemctl` of its switch, else the unit of its systemd-run. */
export function waitedUnit(processes: readonly ProcessRaw[]): string | null {
  for (const process of processes) {
    if (process.comm !== 'systemctl' || process.state === 'Z') continue;
    const argv = argvOf(process);
    const verb = argv.findIndex((word) => unitVerbs.test(word));
    const unit = verb < 0 ? undefined : argv.slice(verb + 1).find((word) => !word.startsWith('-'));
    if (unit !== undefined) return unit;
  }
  const run = processes.find(({ comm, state }) => comm === 'systemd-run' && state !== 'Z');
  return run === undefined ? null : unitOf(argvOf(run));
}
