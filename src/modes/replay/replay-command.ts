/** `nixpulse replay` and `nixpulse demo`: which recording, from when, and on what it is shown. */

import { jsonLine } from '../../base/json-text.ts';
import { ok, type Problem, problemText, type Result } from '../../base/problem.ts';

import { snapshotDocument } from '../../format/json.ts';
import type { Model } from '../../model/model.ts';
import { parseJumpTime, resolveJumpTime } from '../../model/past/jump-time.ts';
import type { RecordingFiles } from '../../platform/ports.ts';
import type { Damage, Recording } from '../../record/recording.ts';
import { modelsOf } from './moments.ts';
import { openRecorded } from './open-recorded.ts';
import { spanOf } from './playlist.ts';
import type { ReplayOptions } from './run-replay.tsx';

export interface ReplayCommand {
  readonly files: RecordingFiles;
  readonly name: 'replay' | 'demo';
  /** A recording, a directory of them, or a bundle with one in it. */
  readonly path: string;
  /** As typed; null: the start, or the last minutes. */
  readonly at: string | null;
  /** One's own recordings: they go back for days, and the last minutes are what one looks for. */
  readonly own?: boolean;
  readonly json: boolean;
  /** One line for stderr. */
  readonly complain: (message: string) => void;
  /** Resolves when the reader has taken it. */
  readonly write: (text: string) => Promise<void>;
  readonly screen: Omit<ReplayOptions, 'recording' | 'at'>;
}

/** Resolves with the exit code. */
export async function replay(command: ReplayCommand): Promise<number> {
  const { files, path, at, json, complain, write, screen } = command;
  if (!json && (screen.stdin.isTTY !== true || screen.stdout.isTTY !== true)) {
    complain(
      `the ${command.name} needs a terminal${command.name === 'demo' ? '' : '; without one: nixpulse replay --json'}`,
    );
    return 2;
  }
  const opened = await openRecorded(files, path);
  if (!opened.ok) {
    const nothingYet = command.own === true && opened.problem.kind === 'gone';
    complain(nothingYet ? nothingRecordedYet : `no recording to replay: ${whyNoRecording(opened.problem)}`);
    return 2;
  }
  const recording = opened.value;
  const usual = command.own === true && !json ? ok(lastMinutesOf(recording)) : null;
  const start = at === null ? usual : timeInRecording(recording, at);
  if (start !== null && !start.ok) {
    complain(`option '--at': ${start.problem.cause ?? start.problem.kind}`);
    return 2;
  }
  if (!json) {
    const { runReplay } = await import('./run-replay.tsx');
    const exitCode = await runReplay({ ...screen, recording, at: start?.value ?? 'start' });
    tellDamage(recording.damage, complain);
    return exitCode;
  }
  const count = await writeModels(modelsOf(recording, start?.value ?? null, screen.diagnose), write);
  tellDamage(recording.damage, complain);
  if (count === 0) complain(`${path}: nothing in it can be read`);
  return count === 0 ? 2 : 0;
}

/** Lines are handed on together once they are so long. */
const fullAt = 64 * 1024;

/** One JSON document a line. Resolves with how many there were. */
async function writeModels(models: AsyncIterable<Model>, write: ReplayCommand['write']): Promise<number> {
  let count = 0;
  let text = '';
  for await (const model of models) {
    text += `${jsonLine(snapshotDocument(model))}\n`;
    count += 1;
    if (text.length < fullAt) continue;
    await write(text);
    text = '';
  }
  if (text !== '') await write(text);
  return count;
}

const nothingRecordedYet = 'nothing recorded yet: nixpulse records while it runs; nixpulse demo shows how';

export function whyNoRecording(problem: Problem): string {
  const { kind, where, cause } = problem;
  if (kind === 'gone') return `${where}: ${cause ?? 'there is no such file or directory'}`;
  return problemText(problem);
}

const lastMinutesMs = 10 * 60_000;

function lastMinutesOf(recording: Recording): number {
  const { fromMs, toMs } = spanOf(recording.chunks);
  return Math.max(fromMs, toMs - lastMinutesMs);
}

/** What counts back counts from the end, and of a time of day the newest is meant: last night's. */
export function timeInRecording(recording: Recording, at: string): Result<number> {
  const jump = parseJumpTime(at);
  if (!jump.ok) return jump;
  const { fromMs, toMs } = spanOf(recording.chunks);
  if (fromMs > toMs) return ok(fromMs);
  const { value } = jump;
  const back = value.kind === 'clock' || (value.kind === 'offset' && value.ms < 0);
  return resolveJumpTime(value, back ? toMs : fromMs, { fromMs, toMs });
}

const mostDamageLines = 10;

export function tellDamage(damage: readonly Damage[], complain: (message: string) => void): void {
  for (const { file, offset, bytes, what } of damage.slice(0, mostDamageLines)) {
    // A file that is none of ours has no place in it to name.
    const where = offset === 0 && bytes === 0 ? '' : ` at byte ${offset}: ${bytes} bytes passed over`;
    complain(`${file}: ${what}${where}`);
  }
  const more = damage.length - mostDamageLines;
  if (more > 0) complain(`and ${more} more damaged places`);
}
