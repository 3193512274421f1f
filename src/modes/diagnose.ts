/** `nixpulse diagnose`: what is wrong, why, what would settle it, and the way out; live, or of a recording. */
import { colorPaint, noPaint } from '../format/paint.ts';
import { compileWhatComputes } from '../platform/heap.ts';
import type { ProgressTimes } from '../samplers/progress.ts';
import { type Judged, lookNow } from './diagnose/look-now.ts';
import { foldRecording } from './diagnose/recorded.ts';
import { runWanted } from './diagnose/run-wanted.ts';
import { type TellOptions, tell } from './diagnose/tell.ts';
import type { Given } from './mode.ts';
import { openRecorded } from './replay/open-recorded.ts';
import { tellDamage, timeInRecording, whyNoRecording } from './replay/replay-command.ts';
import { createVerbIo } from './verb/verb-io.ts';
import { followLogs, judgedBy, recordingFilesOf, sourcesOf } from './wiring.ts';

export async function runDiagnoseMode(given: Given): Promise<number> {
  const { operand, quick } = given.invocation;
  if (quick) {
    const { diagnoseQuickly } = await import('./diagnose/quick.ts');
    return diagnoseQuickly(given);
  }
  const judged: Judged = { ...given, diagnose: await judgedBy(given) };
  return operand === null ? diagnoseNow(judged) : diagnoseRecording(judged, operand);
}

async function diagnoseRecording(given: Judged, path: string): Promise<number> {
  const { invocation, complain, ports } = given;
  const opened = await openRecorded(recordingFilesOf(given), path);
  if (!opened.ok) {
    complain(`no recording to diagnose: ${whyNoRecording(opened.problem)}`);
    return 2;
  }
  const recording = opened.value;
  const at = invocation.at === null ? null : timeInRecording(recording, invocation.at);
  if (at?.ok === false) {
    complain(`option '--at': ${at.problem.cause ?? at.problem.kind}`);
    return 2;
  }
  const { draw } = createVerbIo(given);
  compileWhatComputes();
  // Seconds for each hour of it that a busy machine recorded.
  draw?.('reading what was recorded');
  const folded = await foldRecording(recording, at?.value ?? 'end', {
    diagnose: given.diagnose,
    rest: () => new Promise((resolve) => ports.clock.after(0, resolve)),
    remember: true,
  });
  draw?.('');
  tellDamage(recording.damage, complain);
  if (folded === null) {
    complain(`${path}: nothing in it can be read`);
    return 2;
  }
  const { moment, fromMs } = folded;
  return tell({ model: moment.derived.model, fromMs, recorded: path, live: false }, tellOptions(given));
}

/** After probes: their results come with one look, and rules may want a second. */
const looksAfterProbes = 2;

async function diagnoseNow(given: Judged): Promise<number> {
  const { process, write, invocation } = given;
  const sources = await sourcesOf(given, { progress: soonLooked(invocation.interval * 1000) });
  followLogs(given, sources.logs, false);
  const io = createVerbIo({ process, write });
  try {
    const { seen, look } = await lookNow(given, sources, io.draw);
    if (invocation.probe === null) return await tell(seen, tellOptions(given));
    const { probes: runner } = sources;
    const { probe: asked, readOnly } = invocation;
    const finished = await runWanted(seen.model, { runner, asked, readOnly, io });
    const code = await tell({ ...seen, model: await look(looksAfterProbes) }, tellOptions(given));
    return finished ? code : 130;
  } finally {
    for (const source of sources.sources) source.close();
  }
}

/** Builds that did nothing between two looks are looked at more closely at once: there are only some. */
function soonLooked(intervalMs: number): ProgressTimes {
  return { idleMs: intervalMs, sameMs: intervalMs * 2, againMs: 10_000 };
}

function tellOptions({ invocation, look, process, write }: Given): TellOptions {
  return {
    json: invocation.json,
    columns: process.stdout.columns ?? 120,
    color: look.color ? colorPaint(look) : noPaint,
    unicode: look.unicode,
    write,
  };
}
