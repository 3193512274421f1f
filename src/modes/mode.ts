/** What every mode is given, and how it is run. */
import type { Invocation } from '../cli/table.ts';
import type { ProbeRunner } from '../model/diagnosis/probe-runner.ts';
import type { ToneLooks } from '../model/ui/tones.ts';
import type { ActionDeps } from '../perform/action-deps.ts';
import { stockUp } from '../platform/close-late.ts';
import { collectHeap, heapBytes, restCompiling } from '../platform/heap.ts';
import type { Hardening, Ports, UsualRights } from '../platform/ports.ts';
import type { OwnTools } from '../samplers/scripts-above.ts';
import type { Survival } from '../watch/survive.ts';
import { type Environment, registriesOf, stateDirectory, userName } from './environment.ts';

/** What the files of settings say of it stands in it from when they have been read. */
export interface Look {
  color: boolean;
  unicode: boolean;
  /** TERM=linux. */
  readonly console: boolean;
  /** Absent: the usual ones. */
  looks?: ToneLooks;
}

export interface Given {
  readonly invocation: Invocation;
  readonly ports: Ports;
  readonly look: Look;
  readonly environment: Environment;
  readonly hardening: Hardening & UsualRights;
  readonly process: NodeJS.Process;
  /** Of nixpulse. */
  readonly version: string;
  /** Programs of the user's own, as the settings name them, from when those were read. */
  readonly ownTools?: OwnTools;
  /** To be called when the first screens are out: what was done for a quick start ends. */
  started(): void;
  /** One line on stderr. */
  complain(message: string): void;
  /** stdout. */
  write(text: string): Promise<void>;
  /** Adds to what is counted at the end: calls on a disk that have not come back must not keep us from ending. */
  countPending(count: () => number): void;
}

/** Resolves with the exit code. */
export type Mode = (given: Given) => Promise<number>;

export function survivalOf({ hardening, invocation }: Given): Survival {
  const staysInMemory = () => hardening.keepsOwnMemory;
  return {
    hardening,
    choice: invocation.harden,
    collect: collectHeap,
    heapBytes,
    restCompiling,
    stockUp,
    staysInMemory,
  };
}

export function depsOf(
  { ports, environment }: Pick<Given, 'ports' | 'environment'>,
  readForest: ActionDeps['readForest'],
  actions: ActionDeps['actions'],
  probes?: ProbeRunner,
): ActionDeps {
  return {
    ports,
    readForest,
    stateDirectory: stateDirectory(environment),
    registries: registriesOf(environment, ports.native.uid),
    actions,
    ...(probes && { probes }),
    user: userName(environment, ports.native.uid),
  };
}
