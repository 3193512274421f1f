/**
 * Gathers the sources: stage by stage, each row within its time and all of them within one; what hangs is left alone
 * and noted. A piece is in the archive as soon as it is there.
 */
import { type Problem, problem, type Result } from '../base/problem.ts';
import type { Right } from '../platform/ports.ts';
import type { RedactionCounts } from '../redact/kinds.ts';
import type { Redactor } from '../redact/redactor.ts';
import type { Archive, Entry } from './archive.ts';
import type { GatherContext, Piece, Redaction, SourceRow, Stage } from './source.ts';

/** What became of a source. */
export interface SourceRecord {
  readonly row: SourceRow;
  /** Unix ms; null: it was not begun. */
  readonly startedMs: number | null;
  readonly tookMs: number;
  /** `partly`: there is less of it than there might be; `nothing`: this machine has none; `left`: it had not come back. */
  readonly result: 'ok' | 'partly' | 'nothing' | 'failed' | 'left' | 'not begun';
  readonly problems: readonly Problem[];
  readonly files: readonly FileRecord[];
  /** What it takes and we do not have: there may be more for who has it. */
  readonly missing: readonly string[];
}

export interface FileRecord extends Entry {
  readonly cut: string | null;
  readonly redactions: RedactionCounts;
}

export interface GatherOptions {
  readonly rows: readonly SourceRow[];
  readonly archive: Pick<Archive, 'add'>;
  readonly redactor: Redactor;
  readonly context: Pick<GatherContext, 'ports' | 'programs' | 'facts'>;
  /** Of all of them, ms. */
  readonly totalMs: number;
  /** Ends it early, with what there is. */
  readonly stop: AbortSignal;
  readonly onProgress?: (progress: GatherProgress) => void;
}

export interface GatherProgress {
  readonly done: number;
  readonly total: number;
  /** What was done last. */
  readonly what: string;
}

/** How many rows of a stage at once. */
const atOnce: Readonly<Record<Stage, number>> = { counters: 1, processes: 1, files: 3, programs: 4, own: 8 };
/** After so many that came to nothing in time the others of the stage have less of it. */
const mostPatient = 3;
const impatientMs = 2000;
const mostProblems = 20;
/** Of JSON and what is said beside. */
const slackBytes = 256 << 10;

export async function gather(options: GatherOptions): Promise<readonly SourceRecord[]> {
  const { rows, totalMs, stop, context } = options;
  const { clock } = context.ports;
  const dueMs = clock.monotonic() + totalMs;
  const records = new Map<SourceRow, SourceRecord>();
  const done = (record: SourceRecord) => {
    records.set(record.row, record);
    options.onProgress?.({ done: records.size, total: rows.length, what: record.row.what });
  };
  const byStage = Map.groupBy(rows, ({ stage }) => stage);
  // Beside the others, from the start: it takes its time, and looks at what they look at.
  const own = runStage(byStage.get('own') ?? [], 'own');
  for (const [stage, some] of byStage) if (stage !== 'own') await runStage(some, stage);
  await own;
  return rows.map((row) => records.get(row) ?? notBegun(row));

  async function runStage(some: readonly SourceRow[], stage: Stage): Promise<void> {
    const waiting = [...some];
    let late = 0;
    const next = async (): Promise<void> => {
      for (let row = waiting.shift(); row !== undefined; row = waiting.shift()) {
        const leftMs = dueMs - clock.monotonic();
        if (stop.aborted || leftMs <= 0) {
          done(notBegun(row));
          continue;
        }
        const patienceMs =
          stage !== 'own' && late >= mostPatient ? Math.min(row.timeMs, impatientMs) : row.timeMs;
        const record = await runRow(row, Math.min(patienceMs, leftMs), options);
        if (record.result === 'left' || record.problems.some(({ kind }) => kind === 'timeout')) late += 1;
        done(record);
      }
    };
    await Promise.all(Array.from({ length: atOnce[stage] }, next));
  }
}

function notBegun(row: SourceRow): SourceRecord {
  return { row, startedMs: null, tookMs: 0, result: 'not begun', problems: [], files: [], missing: [] };
}

/** A program that was killed has a moment to say what it said until then. */
const graceMs = 1200;

async function runRow(row: SourceRow, timeMs: number, options: GatherOptions): Promise<SourceRecord> {
  const { context, redactor, archive, stop } = options;
  const { clock, native } = context.ports;
  const [startedMs, startMs] = [clock.now(), clock.monotonic()];
  const own = redactor.fork();
  const problems: Problem[] = [];
  const files: FileRecord[] = [];
  const ended = new AbortController();
  let adding: Promise<void> = Promise.resolve();
  let isOver = false;
  let bytes = 0;

  function emit(piece: Piece): void {
    if (isOver) return;
    const body = withoutSecrets(piece, piece.redaction ?? row.redaction, own);
    const name = own.text(piece.name);
    const redactions = own.counts();
    if (bytes + body.length > row.mostBytes + slackBytes) {
      miss(problem('exhausted', name, `more than ${row.mostBytes} bytes of this source`));
      return;
    }
    bytes += body.length;
    adding = adding.then(async () => {
      const added = await archive.add(name, body);
      if (added.ok) files.push({ ...added.value, cut: piece.cut ?? null, redactions });
      else miss(added.problem);
    });
  }
  function miss(one: Problem): void {
    if (problems.length < mostProblems) problems.push(one);
  }

  const late = Promise.withResolvers<'late'>();
  const cancel = clock.after(timeMs, () => ended.abort());
  const cancelLate = clock.after(timeMs + graceMs, () => late.resolve('late'));
  const onStop = () => {
    ended.abort();
    clock.after(graceMs, () => late.resolve('late'));
  };
  stop.addEventListener('abort', onStop, { once: true });
  const gathered: Promise<Result<void>> = row
    .gather({ ...context, timeMs, mostBytes: row.mostBytes, ended: ended.signal, redact: own, emit, miss })
    .catch(bugOf);
  const result = await Promise.race([gathered, late.promise]);
  isOver = true;
  cancel();
  cancelLate();
  stop.removeEventListener('abort', onStop);
  await adding;
  if (result !== 'late' && !result.ok) miss(result.problem);
  const missing = row.needs === undefined ? [] : native.missing(row.needs as Right);
  const isWhole = result !== 'late' && result.ok && problems.length === 0 && !ended.signal.aborted;
  const isAbsent = problems.every(({ kind }) => kind === 'gone');
  return {
    ...{ row, startedMs, tookMs: Math.round(clock.monotonic() - startMs), problems, files, missing },
    result:
      result === 'late'
        ? 'left'
        : isWhole
          ? 'ok'
          : files.length > 0
            ? 'partly'
            : isAbsent
              ? 'nothing'
              : 'failed',
  };
}

/** One source's bug takes nothing from the others. */
function bugOf(error: unknown): Result<never> {
  const cause = error instanceof Error ? `a bug in nixpulse: ${error.message}` : String(error);
  return { ok: false, problem: { kind: 'malformed', where: 'nixpulse', cause } };
}

export function withoutSecrets(piece: Piece, redaction: Redaction, redactor: Redactor): string | Uint8Array {
  const { body } = piece;
  if (redaction === 'done' || typeof body !== 'string') return body;
  if (redaction === 'json') {
    try {
      return `${JSON.stringify(redactor.value(JSON.parse(body) as unknown), null, 1)}\n`;
    } catch {
      // Cut, or no JSON after all.
    }
  }
  // A token that was cut in two is none that anybody would find.
  const whole = piece.cut != null && !body.endsWith('\n') ? body.slice(0, body.lastIndexOf('\n') + 1) : body;
  return redactor.text(whole);
}
