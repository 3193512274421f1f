/** `nixpulse rescue`: sources of the kernel only, and the two actions that end builds. */
import { cancel } from '../actions/cancel.ts';
import { kill } from '../actions/kill.ts';
import { colorPaint, noPaint, plainPaint } from '../format/paint.ts';

import { guardDirectories } from '../model/guard/guard-files.ts';
import { createPressureTriggers } from '../platform/pressure-triggers.ts';
import { createProcSources } from '../watch/sources.ts';
import { guardPlaces } from './environment.ts';
import { depsOf, type Given, survivalOf } from './mode.ts';
import { runRescue } from './rescue/run-rescue.ts';

/** A disk that does not answer is asked nothing. */
const isInMemory = (directory: string) => directory.startsWith('/run/');

export async function runRescueMode(given: Given): Promise<number> {
  const { invocation, ports, environment, look, process } = given;
  const { stdin, stdout, stderr } = process;
  if (invocation.source === 'portable' || !ports.files.read('/proc/stat').ok) {
    given.complain('rescue needs the /proc of Linux');
    return 2;
  }
  const { sources, readForest, lowDetail, settled, known } = createProcSources(ports, {
    guardDirectories: guardDirectories(guardPlaces(environment, ports.native.uid)).filter(isInMemory),
  });
  const dumb = (environment['TERM'] ?? 'dumb') === 'dumb';
  const paint = dumb ? noPaint : look.color ? colorPaint(look) : plainPaint;
  return runRescue({
    ...{
      clock: ports.clock,
      sources,
      lowDetail,
      stdin,
      stdout,
      stderr,
      process,
      dumb,
      console: look.console,
    },
    style: { paint, unicode: look.unicode, mark: look.color && !dumb ? ' ' : '>' },
    intervalScale: invocation.interval,
    readOnly: invocation.readOnly,
    ...(ports.files.live && { triggers: createPressureTriggers() }),
    survival: survivalOf(given),
    facts: { settled, known },
    started: given.started,
    deps: depsOf(given, readForest, { kill, cancel }),
  });
}
