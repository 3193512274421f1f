/** Actions on the real machine as the dashboard runs them: warm sampler, real ports, a state directory of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { ActionContext } from '../../src/actions/action.ts';
import { growForest } from '../../src/model/forest/forest.ts';
import {
  type BuildTarget,
  type ClientTarget,
  type Intent,
  targetOf,
} from '../../src/model/intents/intent.ts';
import type { Outcome } from '../../src/model/intents/outcome.ts';
import type { ForestRaw } from '../../src/model/sample.ts';
import type { Ports } from '../../src/platform/ports.ts';
import { idsOf, type StartedBuild } from '../support/lab.ts';
import { environment, processesBelow, type TrueBuild } from './truth.ts';
import { buildOf, clientOf, openWatch, realPorts, type Watch } from './watch.ts';

export interface Acting {
  readonly watch: Watch;
  readonly context: ActionContext;
  readonly stateDirectory: string;
  /** What was reported while actions ran. */
  readonly progress: readonly string[];
  /** As the dashboard names it, once it is seen with its name. */
  target(build: TrueBuild): Promise<BuildTarget>;
  clientTarget(client: StartedBuild): Promise<ClientTarget>;
}

export interface ActingOptions {
  readonly ports?: Ports;
  /** Where the machine is shared: everything else of Nix is not seen. */
  readonly only?: readonly StartedBuild[];
  readonly stateDirectory?: string;
}

/** Ends with the test. */
export async function openActing(options: ActingOptions = {}): Promise<Acting> {
  const ports = options.ports ?? realPorts();
  await ports.signals.rehearse();
  const watch = openWatch(ports);
  const stateDirectory = options.stateDirectory ?? mkdtempSync(join(tmpdir(), 'nixpulse-state-'));
  onTestFinished(() => {
    watch.close();
    rmSync(stateDirectory, { recursive: true, force: true });
  });
  const progress: string[] = [];
  const { only } = options;
  const context: ActionContext = {
    ports,
    readForest: () => {
      const raw = watch.readForest();
      return raw === null || only === undefined ? raw : onlyOf(raw, only);
    },
    stateDirectory,
    report: ({ text }) => text !== undefined && progress.push(text),
    cancelled: new AbortController().signal,
  };
  return {
    watch,
    context,
    stateDirectory,
    progress,
    target: (build) =>
      watch.tickUntil('the build with its name', (model) => {
        const one = buildOf(model, build.pid);
        return one !== undefined && one.name !== null ? targetOf(one) : null;
      }),
    clientTarget: (client) =>
      watch.tickUntil('the client', (model) => {
        const one = clientOf(model, client.pid);
        return one === undefined
          ? null
          : { process: { pid: one.pid, startTime: one.startTime }, command: one.command };
      }),
  };
}

const actor = fileURLToPath(new URL('actor.ts', import.meta.url));

/** Another process, as root or as somebody, that performs one Intent on its own. */
export function actElsewhere(
  stateDirectory: string,
  intent: Intent,
  options: { readonly user?: string; readonly stay?: boolean } = {},
): { readonly child: ChildProcess; said(): string } {
  const ids = options.user === undefined ? null : idsOf(options.user);
  const args = [actor, stateDirectory, JSON.stringify(intent), ...(options.stay ? ['stay'] : [])];
  const child = spawn(process.execPath, args, {
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(ids === null ? {} : { uid: ids.uid, gid: ids.gid }),
  });
  let said = '';
  child.stdout?.on('data', (text) => {
    said += text;
  });
  return { child, said: () => said };
}

/** Its Outcome, once it has ended. */
export async function performElsewhere(intent: Intent, user: string): Promise<Outcome> {
  const { child, said } = actElsewhere('/nowhere', intent, { user });
  await new Promise((resolve) => child.on('close', resolve));
  return JSON.parse(said());
}

function onlyOf(raw: ForestRaw, started: readonly StartedBuild[]): ForestRaw {
  const nonces = new Set(started.map(({ nonce }) => nonce));
  const below = new Set(started.flatMap(({ pid }) => processesBelow(pid).map((one) => one.pid)));
  const foreign = new Set<number>();
  const { clients, builds } = growForest(raw);
  for (const { process, processes } of clients) {
    if (!below.has(process.pid)) for (const { pid } of processes) foreign.add(pid);
  }
  for (const { root, processes } of builds) {
    const nonce = environment(root.pid)?.nonce;
    if (nonce !== undefined && !nonces.has(nonce))
      for (const { process } of processes) foreign.add(process.pid);
  }
  return { ...raw, processes: raw.processes.filter(({ pid }) => !foreign.has(pid)) };
}
