/**
 * The events of one tick. A million lines cost what the screen can show: progress keeps the last value of an
 * activity, as does the status that a fetch tells; log lines the last ones of a build; what is only counted is one event.
 *
 * Events are joined only while no activity starts or stops and nothing else is said in between, because the order
 * means something: a counter that has just gone up says how the build ended that stops next.
 */
import type { LogEvent } from '../model/rebuild/log-event.ts';

/** Characters of a log line; the 200 kB that some have are for nobody's screen. */
export const longestLine = 2_000;
/** Lines of a build that one tick keeps. */
export const mostLines = 200;

type Joined = Extract<
  LogEvent,
  {
    kind:
      | 'progress'
      | 'lines'
      | 'expected'
      | 'status'
      | 'other-result'
      | 'evaluated'
      | 'planned'
      | 'skipped'
      | 'output';
  }
>;

export class LogBatch {
  readonly events: LogEvent[] = [];
  /** Where the event stands that one of the same kind joins. */
  private readonly progressAt = new Map<string, number>();
  private readonly joinedAt = new Map<string, number>();

  add(event: LogEvent): void {
    switch (event.kind) {
      case 'progress': {
        const at = this.progressAt.get(event.id);
        if (at === undefined) this.progressAt.set(event.id, this.events.push(event) - 1);
        else this.events[at] = event;
        return;
      }
      case 'lines':
        this.join(`${event.from} ${event.id}`, event);
        return;
      case 'expected':
        this.join(`${event.of} expected ${event.id}`, event);
        return;
      case 'status':
        this.join(`status ${event.id}`, event);
        return;
      case 'other-result':
        this.join(`result ${event.number} ${event.id}`, event);
        return;
      case 'evaluated':
      case 'planned':
      case 'skipped':
      case 'output':
        this.join(event.kind, event);
        return;
      default:
        this.progressAt.clear();
        this.joinedAt.clear();
        this.events.push(event);
    }
  }

  private join(key: string, event: Joined): void {
    const at = this.joinedAt.get(key);
    const before = at === undefined ? undefined : this.events[at];
    if (at === undefined || before === undefined) this.joinedAt.set(key, this.events.push(event) - 1);
    else this.events[at] = joined(before, event);
  }
}

function joined(before: LogEvent, event: Joined): LogEvent {
  if ((event.kind === 'lines' || event.kind === 'output') && before.kind === event.kind) {
    // The array is the batch's own once it has grown; cut in long steps, so that a line costs no copy of the others.
    const lines = before.lines as string[];
    const own = lines.length > 1 ? lines : [...lines];
    own.push(...event.lines);
    if (own.length >= 2 * mostLines) own.splice(0, own.length - mostLines);
    return { ...before, lines: own, count: before.count + event.count };
  }
  if (event.kind === 'planned' && before.kind === 'planned') {
    const paths = before.paths.length > 1 ? (before.paths as string[]) : [...before.paths];
    paths.push(...event.paths);
    return { kind: 'planned', paths };
  }
  if (event.kind === 'evaluated' && before.kind === 'evaluated')
    return { ...event, files: before.files + event.files };
  if (event.kind === 'other-result' && before.kind === 'other-result')
    return { ...event, count: before.count + event.count };
  if (event.kind === 'skipped' && before.kind === 'skipped')
    return {
      kind: 'skipped',
      broken: before.broken + event.broken,
      talkative: before.talkative + event.talkative,
    };
  return event;
}
