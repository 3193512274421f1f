/** The rescue screen put together from the ports: sources of the kernel only, the two actions that end builds. */
import { cancel } from '../../actions/cancel.ts';
import { kill } from '../../actions/kill.ts';
import type { Invocation } from '../../cli/table.ts';
import { ansiPaint, noPaint, plainPaint } from '../../format/paint.ts';
import type { Means } from '../../perform/carry-out.ts';
import { type Environment, stateDirectory, userName } from '../../perform/means.ts';
import { collectHeap } from '../../platform/heap.ts';
import type { Hardening, Ports, PressureTriggers } from '../../platform/ports.ts';
import { createProcSources } from '../../watch/sources.ts';
import { type RescueOptions, runRescue } from './run-rescue.ts';

export type StartOptions = Pick<RescueOptions, 'stdin' | 'stdout' | 'stderr' | 'process'> & {
  readonly invocation: Invocation;
  readonly ports: Ports;
  readonly hardening: Hardening;
  readonly triggers: PressureTriggers;
  readonly environment: Environment;
  readonly look: { readonly color: boolean; readonly unicode: boolean };
};

/** Resolves with the exit code. */
export function startRescue(options: StartOptions): Promise<number> {
  const { invocation, ports, environment, look, stderr } = options;
  if (invocation.source === 'portable' || !ports.files.read('/proc/stat').ok) {
    stderr.write('nixpulse: rescue needs the /proc of Linux\n');
    return Promise.resolve(2);
  }
  const { sources, readForest, lowDetail } = createProcSources(ports);
  const dumb = (environment.TERM ?? 'dumb') === 'dumb';
  const paint = dumb ? noPaint : look.color ? ansiPaint : plainPaint;
  return runRescue({
    ...options,
    sources,
    lowDetail,
    dumb,
    style: { paint, unicode: look.unicode, mark: look.color && !dumb ? ' ' : '>' },
    intervalScale: invocation.interval,
    readOnly: invocation.readOnly,
    triggers: ports.files.live ? options.triggers : null,
    survival: { hardening: options.hardening, choice: invocation.harden, collect: collectHeap },
    means: createRescueMeans(ports, readForest, environment),
  });
}

/** Everything that the screen can ask for. */
export function createRescueMeans(
  ports: Ports,
  readForest: Means['readForest'],
  environment: Environment,
): Means {
  return {
    ports,
    readForest,
    stateDirectory: stateDirectory(environment),
    user: userName(environment, ports.native.uid),
    async performIntent(intent, context) {
      if (intent.type === 'kill') return kill(intent, context);
      if (intent.type === 'cancel') return cancel(intent, context);
      return { status: 'refused', summary: `${intent.type} is not there in rescue`, details: [] };
    },
  };
}
