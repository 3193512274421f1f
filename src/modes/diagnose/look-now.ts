/** Looks at the machine as a diagnosis does: for ten seconds, or less where a recording tells of what was before. */
import { lengthText } from '../../base/duration.ts';
import { deriveSample } from '../../diagnose/derive-sample.ts';
import type { DiagnoseOptions } from '../../diagnose/diagnose.ts';
import type { Asleep, Verdict } from '../../model/diagnosis/verdict.ts';
import type { Sample } from '../../model/sample.ts';
import { openRecording } from '../../record/open-recording.ts';
import { createLooker } from '../../watch/look-twice.ts';
import type { SourceSet } from '../../watch/sources.ts';
import { recordingsDirectory } from '../environment.ts';
import type { Given } from '../mode.ts';
import { recordingFilesOf } from '../wiring.ts';
import { beforeNow } from './before-now.ts';
import { type Folded, foldRecording, longestWatch, lookBackMs } from './recorded.ts';
import type { Seen } from './seen.ts';

export interface Judged extends Given {
  readonly diagnose: DiagnoseOptions;
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

/** `onSample`: every Sample that it is made of, in order. */
export async function lookNow(
  given: Judged,
  { sources, settled }: SourceSet,
  draw: ((text: string) => void) | null,
  onSample: (sample: Sample) => void = () => {},
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
    derive(sample, before, following) {
      onSample(sample);
      return deriveSample(sample, before, following, given.diagnose);
    },
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
