/** Gathers a bundle in a process of our own, whose progress comes as lines of JSON (docs/collect.md). */
import { bytesText } from '../base/bytes.ts';
import { type Fields, parseJsonObject } from '../base/fields.ts';
import { plural } from '../base/plural.ts';
import { exitCodeOf, type Outcome } from '../model/intents/outcome.ts';
import type { Action } from './action.ts';
import { reasonOf, refused } from './wording.ts';

export const collect: Action<'collect'> = async (_intent, { ports, collect: own, report, cancelled }) => {
  if (own === undefined) return refused('no bundle can be gathered here');
  if (cancelled.aborted) return { status: 'cancelled', summary: 'it was not begun', details: [] };
  const said: { result: Fields | null; complaint: string } = { result: null, complaint: '' };
  const [file, ...args] = own.command;
  const running = ports.spawn.stream(file, args, {
    environment: own.environment,
    group: true,
    onLine(line, stream) {
      const fields = stream === 'stdout' ? parseJsonObject(line) : null;
      if (fields?.['kind'] === 'bundle') said.result = fields;
      else if (fields?.['kind'] === 'progress') report(progressOf(fields));
      else if (stream === 'stderr') said.complaint = line;
    },
  });
  // What there is by then is in it.
  const end = () => running.cancel('TERM');
  cancelled.addEventListener('abort', end, { once: true });
  const ended = await running.done;
  cancelled.removeEventListener('abort', end);
  if (said.result !== null) return outcomeOf(said.result, cancelled.aborted);
  if (cancelled.aborted) return { status: 'cancelled', summary: 'the bundle was given up', details: [] };
  const why = ended.ok ? said.complaint.replace(/^nixpulse: /, '') : reasonOf(ended.problem);
  const denied = ended.ok && ended.value.exitCode === exitCodeOf.denied;
  return {
    status: denied ? 'denied' : 'failed',
    summary: `no bundle: ${why || 'it ended without a word'}`,
    details: [],
  };
};

function progressOf({ done, total, what }: Fields) {
  return {
    ...(typeof what === 'string' && { text: what }),
    ...(typeof done === 'number' && typeof total === 'number' && { done, total }),
  };
}

function outcomeOf({ path, bytes, sha256, place, inMemory, missed }: Fields, cancelled: boolean): Outcome {
  const size = typeof bytes === 'number' ? `, ${bytesText(bytes)}` : '';
  const left = Array.isArray(missed) ? missed.length : 0;
  return {
    status: cancelled ? 'incomplete' : 'done',
    summary: `${path}${size}${cancelled ? ', with what there was' : ''}`,
    details: [
      ...(inMemory === true ? [`it is in memory, gone with the next boot: ${place}`] : []),
      ...(left > 0 ? [`${plural(left, 'source')} gave less than all; README.md in it says which`] : []),
      `read it before you share it; sha256 ${sha256}`,
    ],
  };
}
