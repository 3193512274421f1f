/** Collects garbage as `nix-collect-garbage` does it, and says what it brought. */

import { bytesText } from '../base/bytes.ts';
import { tookText } from '../base/duration.ts';
import { plural } from '../base/plural.ts';
import type { Outcome } from '../model/intents/outcome.ts';
import { endWords, runCancellable } from '../nix-store/cancellable.ts';
import { type GarbageLook, lookForGarbage } from '../nix-store/estimate-garbage.ts';
import type { CommandLine } from '../nix-store/low-priority.ts';
import { garbageNote } from '../parse/garbage-log.ts';
import { parseInternalJson } from '../parse/internal-json.ts';
import type { Action, ActionContext } from './action.ts';
import { reasonOf, refused } from './wording.ts';

/** A large store has tens of thousands of dead paths. */
const reportEveryMs = 250;

export const collectGarbage: Action<'collect-garbage'> = async ({ olderThanDays }, context) => {
  const { ports, cancelled, report } = context;
  if (!ports.files.live) return refused('this is another root directory: nothing is deleted in it');
  if (olderThanDays !== null && !(Number.isInteger(olderThanDays) && olderThanDays >= 1))
    return refused(`an age is a whole number of days, at least 1: ${olderThanDays}`);
  const age = olderThanDays === null ? [] : ['--delete-older-than', `${olderThanDays}d`];
  if (age.length > 0 && !ports.native.may('administer')) {
    return {
      status: 'denied',
      summary: 'old generations of the system are deleted by root only',
      details: [`run it as root: sudo nix-collect-garbage ${age.join(' ')}`],
    };
  }
  const startedMs = ports.clock.monotonic();
  report({ text: 'looks for what is dead' });
  const looked = await lookForGarbage(context);
  if (cancelled.aborted) return { status: 'cancelled', summary: 'nothing was deleted', details: [] };

  const before = await freeBytes(context);
  const run = await collect(
    ['nix-collect-garbage', ...age, '--log-format', 'internal-json', '-v'],
    context,
    looked.ok ? looked.value : null,
  );
  const after = await freeBytes(context);
  return describe(run, {
    before,
    after,
    durationMs: ports.clock.monotonic() - startedMs,
    cancelled: cancelled.aborted,
  });
};

interface Collection {
  readonly failure: string | null;
  readonly paths: number;
  /** Nix's own count of blocks; the sum of NAR sizes when it did not come to its end. */
  readonly bytes: number | null;
  readonly complaints: readonly string[];
}

async function collect(
  command: CommandLine,
  context: ActionContext,
  looked: GarbageLook | null,
): Promise<Collection> {
  const { clock } = context.ports;
  const complaints: string[] = [];
  let [paths, sum, reportedMs] = [0, 0, Number.NEGATIVE_INFINITY];
  let freed: number | null = null;

  function report(): void {
    const { deadPaths = null, deadBytes = null } = looked?.estimate ?? {};
    context.report({
      done: paths,
      doneBytes: sum,
      ...(deadPaths === null ? {} : { total: Math.max(paths, deadPaths) }),
      ...(deadBytes === null ? {} : { totalBytes: Math.max(sum, deadBytes) }),
    });
  }

  const end = await runCancellable(context, command, {
    onLine(line) {
      const note = garbageNote(parseInternalJson(line));
      if (note?.kind === 'deleting') {
        paths += 1;
        sum += looked?.graph.sizeOf(note.path) ?? 0;
        const atMs = clock.monotonic();
        if (atMs - reportedMs < reportEveryMs) return;
        reportedMs = atMs;
        report();
      } else if (note?.kind === 'step') context.report({ text: note.text, lines: [note.text] });
      else if (note?.kind === 'complaint') complaints.push(note.text);
      else if (note?.kind === 'freed') {
        paths = note.paths;
        freed = note.bytes;
      }
    },
  });
  report();
  const failure = !end.ok
    ? end.problem.kind === 'gone'
      ? 'there is no nix-collect-garbage in the PATH'
      : reasonOf(end.problem)
    : end.value.exitCode === 0
      ? null
      : `nix-collect-garbage ${endWords(end.value)}`;
  return { failure, paths, bytes: freed ?? (looked === null ? null : sum), complaints };
}

function describe(
  run: Collection,
  about: {
    readonly before: number | null;
    readonly after: number | null;
    readonly durationMs: number;
    readonly cancelled: boolean;
  },
): Outcome {
  const size = run.bytes === null ? '' : `, ${bytesText(run.bytes)}`;
  const space =
    about.before === null || about.after === null
      ? []
      : [`free where the store lies: ${bytesText(about.before)} before, ${bytesText(about.after)} now`];
  const deleted = `${plural(run.paths, 'path')}${size} (${tookText(about.durationMs)})`;
  const details = [...space, ...run.complaints];
  if (run.failure === null) return { status: 'done', summary: `deleted ${deleted}`, details };
  if (about.cancelled)
    return { status: 'cancelled', summary: `cancelled after deleting ${deleted}`, details };
  const why = run.complaints.at(-1) ?? run.failure;
  const status = run.paths > 0 ? 'incomplete' : 'failed';
  return {
    status,
    summary: `${run.paths > 0 ? `deleted ${deleted}, then` : 'nothing was deleted'}: ${why}`,
    details,
  };
}

async function freeBytes({ ports }: ActionContext): Promise<number | null> {
  const space = await ports.files.spaceSlow('/nix/store', { deadlineMs: 2000 });
  return space.ok ? space.value.availableBytes : null;
}
