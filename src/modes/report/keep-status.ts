/** `nixpulse report --every 5m --output FILE`: the status of now, written again and again until Ctrl-C. */

import { lengthText } from '../../base/duration.ts';
import { jsonDocument } from '../../base/json-text.ts';
import type { DiagnoseOptions } from '../../diagnose/diagnose.ts';
import { incidentDocument } from '../../format/report/incident-json.ts';
import { formatReport } from '../../format/report/report.ts';
import { createIncidentFold, type IncidentFold } from '../../incident/fold.ts';
import { parseJournal } from '../../parse/journal.ts';
import { openRecording } from '../../record/open-recording.ts';
import { createLooker } from '../../watch/look-twice.ts';
import { beforeNow } from '../diagnose/before-now.ts';
import { type Folded, foldRecording, longestWatch, lookBackMs } from '../diagnose/recorded.ts';
import { recordingsDirectory, stateDirectory } from '../environment.ts';
import type { Given } from '../mode.ts';
import { readSettings } from '../settings.ts';
import { createVerbIo } from '../verb/verb-io.ts';
import { followLogs, judgedBy, recordingFilesOf, sourcesOf } from '../wiring.ts';
import { tellEvents } from './fold-recording.ts';

/** Looks before the first report: rates, and the means of pressure. */
const looksFirst = 4;
const journalEveryMs = 2000;
const mostJournalBytes = 4 << 20;
const mostEntries = 100;

/** Resolves at Ctrl-C, with 130; what was written last stays. */
export async function keepStatusReport(given: Given, everySec: number): Promise<number> {
  const { invocation, ports, complain } = given;
  const { clock } = ports;
  const { sources, settled, logs } = await sourcesOf(given, { forLong: true });
  followLogs(given, logs);
  const diagnose = await judgedBy(given);
  const scoreLimits = (await readSettings(given)).settings.scorecard;
  const looker = createLooker({ sources, clock, settled, diagnose, intervalMs: invocation.interval * 1000 });
  const { promise: interrupted, resolve: interrupt } = Promise.withResolvers<null>();
  const release = createVerbIo(given).onInterrupt(() => interrupt(null));
  const fold = createIncidentFold({ fromMs: clock.now() - lookBackMs, scoreLimits });
  const directory = recordingsDirectory(invocation.dir, given.environment, ports.native.uid);
  // Of another machine's tree nothing was recorded or done here.
  const past = ports.files.live ? await foldPast(given, { directory, fold, diagnose }) : null;
  const journal = ports.files.live ? createJournalReader(given, fold) : null;
  let trouble: string | null = null;
  let nextMs = Number.NEGATIVE_INFINITY;
  complain(
    `keeping the status in ${invocation.output ?? ''}, every ${lengthText(everySec * 1000)}; Ctrl-C ends it`,
  );

  async function write(): Promise<void> {
    const incident = fold.incident({ chosenBy: 'status' });
    if (incident === null || invocation.output === null) return;
    const { look, version } = given;
    const recorded = past === null ? null : directory;
    const text = invocation.json
      ? `${jsonDocument(incidentDocument(incident))}\n`
      : formatReport(incident, { unicode: look.unicode, recorded, version, statusMs: clock.now() });
    const written = await ports.ownFiles.replace(invocation.output, text);
    const now = written.ok ? null : (written.problem.cause ?? written.problem.kind);
    // Once, and not every few minutes while a disk is full.
    if (now !== null && now !== trouble) complain(`${invocation.output}: cannot be written: ${now}`);
    trouble = now;
  }

  try {
    fold.add(await looker.begin((first) => past && beforeNow(past, first)));
    for (let looks = 1; ; looks += 1) {
      const model = await Promise.race([looker.next(), interrupted]);
      if (model === null) return 130;
      fold.add(model);
      await journal?.look();
      if (looks < looksFirst || clock.monotonic() < nextMs) continue;
      nextMs = clock.monotonic() + everySec * 1000;
      await write();
    }
  } finally {
    release();
    for (const source of sources) source.close();
  }
}

/** What was recorded of the last half hour; null: nothing, or nothing that can be read. */
async function foldPast(
  given: Given,
  {
    directory,
    fold,
    diagnose,
  }: { readonly directory: string; readonly fold: IncidentFold; readonly diagnose: DiagnoseOptions },
): Promise<Folded | null> {
  const { clock } = given.ports;
  const opened = await openRecording(recordingFilesOf(given), directory);
  if (!opened.ok) return null;
  const { chunks } = opened.value;
  const newestMs = Math.max(...chunks.map(({ point }) => point.toMs));
  if (clock.now() - newestMs > lookBackMs) return null;
  tellEvents(fold, opened.value, { fromMs: clock.now() - lookBackMs, toMs: Number.POSITIVE_INFINITY });
  const rest = () => new Promise<void>((resolve) => clock.after(0, resolve));
  const onMoment = ({ derived }: Folded['moment']) => fold.add(derived.model);
  return foldRecording({ chunks: longestWatch(chunks) }, 'end', {
    ...{ diagnose, rest, onMoment },
  });
}

/** Actions of every nixpulse of this user since we look; those before are in recordings. */
function createJournalReader({ ports, environment }: Given, fold: IncidentFold): { look(): Promise<void> } {
  const { clock, ownFiles } = ports;
  const path = `${stateDirectory(environment)}/journal.jsonl`;
  const begunMs = clock.now();
  const told = new Set<string>();
  let lookedMs = Number.NEGATIVE_INFINITY;
  return {
    async look() {
      if (clock.monotonic() - lookedMs < journalEveryMs) return;
      lookedMs = clock.monotonic();
      const text = await ownFiles.read(path, { maxBytes: mostJournalBytes });
      if (!text.ok) return;
      for (const entry of parseJournal(text.value, mostEntries).entries) {
        const timeMs = Date.parse(entry.time) + (entry.durationMs ?? 0);
        if (!(timeMs >= begunMs) || told.has(entry.time)) continue;
        told.add(entry.time);
        fold.tell({ kind: 'action', timeMs, entry });
      }
    },
  };
}
