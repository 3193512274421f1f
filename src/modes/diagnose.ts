/** `nixpulse diagnose`: what is wrong, why, what would settle it, and the way out; live, or of a recording. */
import { lengthText } from '../base/duration.ts';
import type { DiagnoseOptions } from '../diagnose/diagnose.ts';
import { colorPaint, noPaint } from '../format/paint.ts';
import type { Asleep, Verdict } from '../model/diagnosis/verdict.ts';
import { compileWhatComputes } from '../platform/heap.ts';
import { openRecording } from '../record/open-recording.ts';
import type { ProgressTimes } from '../samplers/progress.ts';
import { createLooker } from '../watch/look-twice.ts';
import type { SourceSet } from '../watch/sources.ts';
import { beforeNow } from './diagnose/before-now.ts';
import { type Folded, foldRecording, longestWatch, lookBackMs } from './diagnose/recorded.ts';
import { runWanted } from './diagnose/run-wanted.ts';
import type { Seen } from './diagnose/seen.ts';
import { type TellOptions, tell } from './diagnose/tell.ts';
import { recordingsDirectory } from './environment.ts';
import type { Given } from './mode.ts';
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

interface Judged extends Given {
  readonly diagnose: DiagnoseOptions;
}

async function diagnoseRecording(given: Judged, path: string): Promise<number> {
  const { invocation, complain, ports } = given;
  const opened = await openRecording(recordingFilesOf(given), path);
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

/** Rates and the means of pressure over ten seconds; more where a recording tells of what was before. */
const looksAlone = 10;
const looksAfterRecording = 3;
/** Root may see where it sleeps, and has not yet. */
function isUnseenSleep({ reason }: Verdict): boolean {
  return reason.kind === 'idle' && (reason.asleep === null || isUnknown(reason.asleep));
}

function isUnknown(asleep: Asleep): boolean {
  return asleep.kind === 'unknown' && asleep.wchan === null;
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

async function lookNow(
  given: Judged,
  { sources, settled }: SourceSet,
  draw: ((text: string) => void) | null,
): Promise<{ readonly seen: Seen; look(times: number): Promise<Seen['model']> }> {
  const { clock, files } = given.ports;
  const intervalMs = given.invocation.interval * 1000;
  const directory = recordingsDirectory(given.invocation.dir, given.environment, given.ports.native.uid);
  // Of another machine's tree nothing was recorded here.
  if (files.live) draw?.('reading what was recorded');
  const past = files.live ? await recordedHere(given, directory) : null;
  const looker = createLooker({
    ...{ sources, clock, intervalMs, settled },
    diagnose: given.diagnose,
  });
  let known: ReturnType<typeof beforeNow> = null;
  let model = await looker.begin((first) => {
    known = past && beforeNow(past, first);
    return known;
  });
  const before = known as ReturnType<typeof beforeNow>;
  const fromMs = before?.fromMs ?? model.timeMs;
  const times = before === null ? looksAlone : looksAfterRecording;
  const look = async (wanted: number) => {
    for (let left = wanted; left > 0; left -= 1) {
      draw?.(`looking, ${lengthText(left * intervalMs)} more`);
      model = await looker.next();
    }
    draw?.('');
    return model;
  };
  await look(times - 1);
  // What every one of them sleeps in is read by turns (samplers/progress.ts).
  const sees = given.ports.native.uid === 0;
  for (let more = looksAlone - times; sees && more > 0 && model.verdicts.some(isUnseenSleep); more -= 1)
    await look(1);
  return { seen: { model, fromMs, recorded: before === null ? null : directory, live: true }, look };
}

/** What was recorded of the last half hour; null: nothing, or nothing that can be read. */
async function recordedHere(given: Judged, directory: string): Promise<Folded | null> {
  const { clock } = given.ports;
  const opened = await openRecording(recordingFilesOf(given), directory);
  if (!opened.ok) return null;
  const newestMs = Math.max(...opened.value.chunks.map(({ point }) => point.toMs));
  if (clock.now() - newestMs > lookBackMs) return null;
  const rest = () => new Promise<void>((resolve) => clock.after(0, resolve));
  const chunks = longestWatch(opened.value.chunks);
  return foldRecording({ chunks }, 'end', { diagnose: given.diagnose, rest });
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
