/** `nixpulse report`: what happened, by a recording, as Markdown or data; `--every` keeps one of now in a file. */
import { jsonDocument } from '../base/json-text.ts';
import { fail, ok, type Result } from '../base/problem.ts';
import { incidentDocument } from '../format/report/incident-json.ts';
import { formatReport } from '../format/report/report.ts';
import { exitCodeOfProblem, type KeptEntry } from '../model/intents/outcome.ts';
import { parseJournal } from '../parse/journal.ts';
import { compileWhatComputes } from '../platform/heap.ts';
import type { Recording } from '../record/recording.ts';
import { recordingsDirectory, stateDirectory } from './environment.ts';
import type { Given } from './mode.ts';
import { openRecorded } from './replay/open-recorded.ts';
import { tellDamage, timeInRecording, whyNoRecording } from './replay/replay-command.ts';
import { incidentIn } from './report/fold-recording.ts';
import type { AskedSpan } from './report/span.ts';
import { readSettings } from './settings.ts';
import { createVerbIo } from './verb/verb-io.ts';
import { judgedBy, recordingFilesOf } from './wiring.ts';

export async function runReportMode(given: Given): Promise<number> {
  const { invocation, complain, environment, ports } = given;
  if (invocation.every !== null) {
    const { keepStatusReport } = await import('./report/keep-status.ts');
    return keepStatusReport(given, invocation.every);
  }
  compileWhatComputes();
  const path = invocation.operand ?? recordingsDirectory(invocation.dir, environment, ports.native.uid);
  let journal: string | null = null;
  const opened = await openRecorded(recordingFilesOf(given), path, (text) => {
    journal = text;
  });
  if (!opened.ok) {
    const nothingYet = invocation.operand === null && opened.problem.kind === 'gone';
    const why = nothingYet
      ? 'nothing is recorded yet: nixpulse records while it runs, nixpulse record without a screen'
      : whyNoRecording(opened.problem);
    complain(`no recording to report of: ${why}`);
    return 2;
  }
  const recording = opened.value;
  const asked = askedSpan(recording, invocation);
  if (!asked.ok) {
    complain(`option '${asked.problem.where}': ${asked.problem.cause ?? asked.problem.kind}`);
    return 2;
  }
  const { draw } = createVerbIo(given);
  draw?.('reading what was recorded');
  const incident = await incidentIn(recording, {
    asked: asked.value,
    diagnose: await judgedBy(given),
    // What is wrong with the files was said just now.
    scoreLimits: (await readSettings(given)).settings.scorecard,
    entries: await entriesOf(given, journal),
    rest: () => new Promise((resolve) => ports.clock.after(0, resolve)),
  });
  draw?.('');
  tellDamage(recording.damage, complain);
  if (incident === null) {
    complain(`${path}: nothing in it can be read`);
    return 2;
  }
  const text = invocation.json
    ? `${jsonDocument(incidentDocument(incident))}\n`
    : formatReport(incident, {
        ...{ unicode: given.look.unicode, recorded: path, version: given.version, statusMs: null },
      });
  return writeReport(given, text);
}

const mostJournalBytes = 4 << 20;
const mostEntries = 500;

/** What commands did is in no recording: of a bundle its own journal tells, of one's own recordings one's own. */
async function entriesOf(
  { invocation, ports, environment }: Given,
  journal: string | null,
): Promise<readonly KeptEntry[]> {
  if (journal !== null) return parseJournal(journal, mostEntries).entries;
  if (invocation.operand !== null || invocation.dir !== null) return [];
  const path = `${stateDirectory(environment)}/journal.jsonl`;
  const text = await ports.ownFiles.read(path, { maxBytes: mostJournalBytes });
  return text.ok ? parseJournal(text.value, mostEntries).entries : [];
}

/** To the file that was named, else stdout. */
export async function writeReport(
  { invocation: { output }, ports, complain, write }: Given,
  text: string,
): Promise<number> {
  if (output === null) {
    await write(text);
    return 0;
  }
  const written = await ports.ownFiles.replace(output, text);
  if (written.ok) return 0;
  const { kind, cause } = written.problem;
  const why = kind === 'denied' ? 'no permission; name another file, or run it as root' : (cause ?? kind);
  complain(`${output}: cannot be written: ${why}`);
  return exitCodeOfProblem(written.problem);
}

/** `malformed` where the end lies before the begin; `where` is the option. */
function askedSpan(
  recording: Recording,
  { from, until }: Pick<Given['invocation'], 'from' | 'until'>,
): Result<AskedSpan> {
  const begin = from === null ? ok(null) : timeInRecording(recording, from);
  if (!begin.ok) return fail(begin.problem.kind, '--from', begin.problem.cause);
  const end = until === null ? ok(null) : timeInRecording(recording, until);
  if (!end.ok) return fail(end.problem.kind, '--to', end.problem.cause);
  const [fromMs, toMs] = [begin.value, end.value];
  if (fromMs !== null && toMs !== null && toMs <= fromMs)
    return fail('malformed', '--to', 'it lies before --from');
  return ok({ fromMs, toMs });
}
