/** `nixpulse guard`: acts on builds when nobody watches; and how others ask it, hold it, and undo what it left. */
import { compileWhatRunsOften } from '../platform/heap.ts';
import { createPressureTriggers } from '../platform/pressure-triggers.ts';
import { createWatcher, type Watcher } from '../watch/watcher.ts';
import { prepareGuard, refuse } from './guard/prepare-guard.ts';
import { runHeadless } from './headless.ts';
import { type Given, survivalOf } from './mode.ts';
import { followLogs, judgedSoon, sourcesOf } from './wiring.ts';

/** Exit code: 1 where another one guards already, 2 by wrong settings, 3 where `--harden=require` lacks something. */
export async function runGuardMode(given: Given): Promise<number> {
  const { invocation, ports, process, complain } = given;
  const { clock, files } = ports;
  if (invocation.check) {
    const { checkSettings } = await import('./guard/check-settings.ts');
    const config = invocation.operand ?? invocation.config;
    return checkSettings({ ...given, invocation: { ...invocation, config } });
  }
  const set = await sourcesOf(given, { forLong: true });
  const { sources, lowDetail, logs } = set;
  const judged = judgedSoon(given);
  let watching: Watcher | null = null;
  const prepared = await prepareGuard(given, set, (settings) => {
    judged.use(settings);
    watching?.rescale(judged.intervalScale);
  });
  if (!prepared.ok) return refuse(given, prepared, sources);
  followLogs(given, logs);
  compileWhatRunsOften({ withRoom: true });
  const options = { clock, sources, process, say: complain, survival: survivalOf(given) };
  return runHeadless(options, () => {
    const watcher = createWatcher({
      ...{ ...options, lowDetail, intervalScale: judged.intervalScale, diagnose: judged.diagnose },
      ...(files.live && { triggers: createPressureTriggers() }),
    });
    watching = watcher;
    return {
      watcher,
      guard: prepared.begin(watcher),
      async ended(code) {
        await watcher.close();
        return code;
      },
    };
  });
}
