/** A watched rebuild without a screen: plain lines on stderr, as a log wants them. */
import type { Follower } from '../../followers/follower.ts';
import { colorPaint, noPaint } from '../../format/paint.ts';
import { nothingSaid, progressLines, toldLines } from '../../format/progress-lines.ts';
import { clientDoing } from '../../format/words.ts';
import type { Model } from '../../model/model.ts';
import { createPressureTriggers } from '../../platform/pressure-triggers.ts';
import type { SourceSet } from '../../watch/sources.ts';
import { survive } from '../../watch/survive.ts';
import { createWatcher } from '../../watch/watcher.ts';
import { type Given, survivalOf } from '../mode.ts';
import { judgedNow } from '../wiring.ts';
import type { Control } from './control.ts';
import type { Outcome } from './outcome.ts';
import type { WatchedEnd } from './watched.ts';

/** The same follower; what others than Nix say through it is printed. */
export function toldInLines(follower: Follower, { process, look }: Given): Follower {
  return {
    take() {
      const taken = follower.take();
      for (const line of toldLines(taken?.events ?? [], look.unicode)) process.stderr.write(`${line}\n`);
      return taken;
    },
    close: follower.close,
  };
}

/** What has come until now. */
export async function lookOnce(
  { ports }: Given,
  { sources }: SourceSet,
  { looked }: Pick<Outcome, 'looked'>,
): Promise<void> {
  const watcher = createWatcher({ clock: ports.clock, sources });
  watcher.listen({ looked });
  watcher.look();
  await watcher.end();
  await watcher.close();
}

/** Resolves when it has ended, after a last look. */
export async function followInLines(
  given: Given,
  { sources, lowDetail, settled, known }: SourceSet,
  outcome: Outcome,
  ended: Promise<WatchedEnd>,
  control: Control | null = null,
): Promise<WatchedEnd> {
  const { ports, look, complain, process } = given;
  const { clock } = ports;
  const { diagnose, intervalScale } = await judgedNow(given);
  const watcher = createWatcher({
    ...{ clock, sources, lowDetail, facts: { settled, known }, diagnose },
    intervalScale: Math.max(1, intervalScale),
    ...(control !== null && ports.files.live && { triggers: createPressureTriggers() }),
  });
  const style = { paint: look.color ? colorPaint(look) : noPaint, unicode: look.unicode };
  let said = nothingSaid;
  let saidMs = Number.NEGATIVE_INFINITY;
  let lost = 0;
  let silent: string | null = null;

  function tell(): void {
    const { model, failures } = outcome;
    if (model === null) return;
    const next = progressLines(failures, model.timeMs, said, style);
    said = next.said;
    saidMs = clock.monotonic();
    for (const line of next.lines) process.stderr.write(`${line}\n`);
    const step = silentStep(model, outcome);
    if (step !== null && step !== silent) process.stderr.write(`${step}...\n`);
    silent = step;
    const nowLost = outcome.rebuilds.reduce((sum, { lostBytes }) => sum + lostBytes, 0);
    if (nowLost > lost) complain('a part of the log came too fast and was lost');
    lost = nowLost;
  }

  watcher.listen({
    looked(model) {
      outcome.looked(model);
      if (clock.monotonic() - saidMs >= leastApartMs) tell();
    },
  });
  control?.tellTo({ say: complain, acted: watcher.entry });
  watcher.wantAll();
  watcher.look();
  watcher.begin();
  // Who acts while memory is short has all that it takes in memory, and keeps it.
  const cancelHardening =
    control === null
      ? () => {}
      : clock.after(rehearsedMs, () => void survive(survivalOf(given), control.rehearse, 'all'));
  const end = await ended;
  cancelHardening();
  watcher.look();
  tell();
  await watcher.end();
  await watcher.close();
  return end;
}

/** Of a tool that says nothing of its steps: what its processes do. */
function silentStep({ clients }: Model, { pid, rebuilds }: Pick<Outcome, 'pid' | 'rebuilds'>): string | null {
  if (rebuilds.some(({ rebuild }) => rebuild.steps.length > 0)) return null;
  const client = clients.find(
    (one) => one.pid === pid || one.processes.some((process) => process.pid === pid),
  );
  return client?.activation == null ? null : clientDoing(client);
}

/** By then what was looked at was judged once. */
const rehearsedMs = 2500;
/** Looks come twice a second. */
const leastApartMs = 950;
