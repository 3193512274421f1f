/**
 * Nix's lines for people as the events that the same build tells in its machine log: nix-build and nixos-rebuild
 * without `--log-format internal-json`, `nix build -L`, and the journal of the daemon.
 *
 * They say less. A copy or a download is told when it begins and never again, so it begins and ends at once here; a
 * build is over when it fails, when the tool goes on to its next step, or at the end of the stream.
 */

import { colouredLine } from '../base/coloured-line.ts';
import { withoutCommands } from '../base/text.ts';
import { nameOfDerivation, nameOfPath } from '../model/nix-store/store-path.ts';
import type { WaitFor } from '../model/rebuild/activity.ts';
import type { Failure } from '../model/rebuild/failure.ts';
import type { LogEvent } from '../model/rebuild/log-event.ts';
import type { ToolStep } from '../model/rebuild/tool-step.ts';
import { activityOfText } from './activity-words.ts';
import { longestLine } from './log-batch.ts';
import { messageEvent } from './log-message.ts';
import { severityOf } from './message-meaning.ts';
import { BuildList, noBuilds, type OpenBuilds } from './open-builds.ts';
import { toolFailureOf, toolStepOf } from './tool-lines.ts';

/** Plain data; a step never changes the one before it. */
export interface TextState {
  /** Builds that have begun and not ended: the derivation's path is also the activity's id. */
  readonly builds: OpenBuilds;
  /** Log lines come as `pname> line`: then a line without a name is not of a build. */
  readonly prefixed: boolean;
  readonly waits: readonly { readonly id: string; readonly names: readonly string[] }[];
  /** The step of the tool around Nix. */
  readonly step: ToolStep | null;
  /** A list of paths is being told. */
  readonly inPlan: boolean;
  /** An error whose further lines may follow; so many of its lines are `told`, and whether as a message of Nix. */
  readonly error: {
    readonly lines: readonly string[];
    readonly told: number;
    readonly asMessage: boolean;
  } | null;
}

export const noText: TextState = {
  builds: noBuilds,
  prefixed: false,
  waits: [],
  step: null,
  inPlan: false,
  error: null,
};

/** Two paths of 4,096 bytes and what stands between them; what is longer is no activity. */
const longestName = 8_300;
const mostErrorLines = 400;
const mostWaits = 1_000;
/** journalctl's `short` and `short-iso`: `Nov 29 06:00:00 host nix-daemon[812]: `. */
const journal =
  /^(?:\w{3} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*) \S+ [^\s[\]:]+(?:\[\d+\])?: /;
/** What stdenv's setup prints; Nix takes it out of the log that it tells, `nix log` does not. */
const phase = /^@nix \{\s*"action":\s*"setPhase",\s*"phase":\s*"([^"]*)"\s*\}/;
const noPosition = { file: null, line: null, column: null, trace: [] } as const;

export class TextLines {
  private readonly builds: BuildList;
  private prefixed: boolean;
  private waits: TextState['waits'];
  private step: ToolStep | null;
  private inPlan: boolean;
  private error: TextState['error'];
  private readonly add: (event: LogEvent) => void;

  constructor(state: TextState, add: (event: LogEvent) => void) {
    this.builds = new BuildList(state.builds);
    ({
      prefixed: this.prefixed,
      waits: this.waits,
      step: this.step,
      inPlan: this.inPlan,
      error: this.error,
    } = state);
    this.add = add;
  }

  get state(): TextState {
    const { prefixed, waits, step, inPlan, error } = this;
    return { builds: this.builds.state, prefixed, waits, step, inPlan, error };
  }

  line(printed: string): void {
    const line = printed.replace(journal, '');
    const text = withoutCommands(line).trimEnd();
    if (this.continuesError(text)) return;
    this.endError();
    if (text === '') return;
    // What a build says is its own, whatever the words are.
    if (this.buildLine(line) || this.toolLine(text)) return;
    if (severityOf(text) === 'error') {
      this.error = { lines: [text], told: 0, asMessage: false };
      return;
    }
    if (this.activity(text) || this.message(text)) return;
    const only = this.prefixed ? undefined : this.builds.only;
    const shown = colouredLine(line, longestLine);
    if (only !== undefined) this.add({ kind: 'lines', id: only, from: 'build', lines: [shown], count: 1 });
    else this.add({ kind: 'output', lines: [shown], count: 1 });
  }

  /** Everything that came is told, an error that may go on too: nobody waits for its next line. */
  tell(): void {
    const { error } = this;
    // Since Nix 2.20 the trace comes first: `error:` alone says nothing yet.
    if (error === null || (error.lines.length === 1 && error.lines[0] === 'error:')) return;
    const asMessage = this.tellError(error);
    this.error = { ...error, told: error.lines.length, asMessage };
  }

  /** A document between the lines: what was being told in lines is over. */
  endError(): void {
    if (this.error === null) return;
    this.tellError(this.error);
    this.error = null;
  }

  private continuesError(text: string): boolean {
    if (this.error === null) return false;
    if (text !== '' && !text.startsWith('       ')) return false;
    if (this.error.lines.length < mostErrorLines)
      this.error = { ...this.error, lines: [...this.error.lines, text] };
    return true;
  }

  /** Returns whether it is a message of Nix. */
  private tellError({ lines, told, asMessage }: NonNullable<TextState['error']>): boolean {
    if (told === lines.length) return asMessage;
    const text = lines.join('\n').trimEnd();
    const event = messageEvent({ text, raw: null, ...noPosition }, 0);
    const failure =
      event.kind === 'message' && event.meaning?.kind === 'failure' ? event.meaning.failure : null;
    // A compiler says `error: …` too: without a name of Nix's in it, it is a line of the build that runs.
    if (failure !== null && this.builds.size > 0 && !asMessage && !isOfNix(failure, text)) {
      const id = this.builds.only;
      const shown = lines.slice(told).map((line) => colouredLine(line, longestLine));
      const count = shown.length;
      if (id === undefined) this.add({ kind: 'output', lines: shown, count });
      else this.add({ kind: 'lines', id, from: 'build', lines: shown, count });
      return false;
    }
    this.add(event.kind === 'message' ? { ...event, revises: asMessage } : event);
    if (failure?.drv) this.endBuild(failure.drv);
    return true;
  }

  private toolLine(text: string): boolean {
    const failure = toolFailureOf(text, this.step);
    // A build that tests services says the same of its own: what a command of the tool returned is the tool's.
    if (failure !== null && (this.builds.size === 0 || failure.reason.startsWith('command'))) {
      this.add({ kind: 'tool-failure', ...failure });
      return true;
    }
    const step = toolStepOf(text, this.step, this.builds.size > 0);
    if (step === null) return false;
    this.endBuilds();
    this.step = step.step;
    this.add({ kind: 'step', ...step });
    return true;
  }

  private activity(text: string): boolean {
    if (!text.endsWith('...') || text.length > longestName) return false;
    const activity = activityOfText(text.slice(0, -3));
    if (activity === null || (activity.type === 'wait' && this.mayBeOfBuild(activity.for))) return false;
    const id = activity.type === 'build' ? activity.drv : `${activity.type} ${text}`;
    // Said again: through ssh-ng by both sides, of a wait every few seconds.
    if (this.builds.has(id) || this.waits.some((wait) => wait.id === id)) return true;
    if (activity.type === 'build') this.endWaits(activity.drv);
    this.add({ kind: 'start', id, parent: null, activity, level: null, text: text.slice(0, -3) });
    if (activity.type === 'build') this.stop(this.builds.add(id));
    else if (activity.type === 'wait') this.addWait(id, activity.for);
    else this.stop(id);
    return true;
  }

  private addWait(id: string, waiting: WaitFor): void {
    const all = [...this.waits, { id, names: namesOf(waiting) }];
    this.waits = all.slice(-mostWaits);
    if (all.length > mostWaits) this.stop(all[0]?.id);
  }

  private stop(id: string | undefined): void {
    if (id !== undefined) this.add({ kind: 'stop', id });
  }

  /** `waiting for …` without words of Nix's that we know: tests wait for servers and ports. */
  private mayBeOfBuild(waiting: WaitFor): boolean {
    return waiting.kind === 'other' && this.builds.size > 0;
  }

  /** `hello> checking for gcc`, and a phase that stdenv says itself. */
  private buildLine(line: string): boolean {
    if (this.builds.size === 0) return false;
    const prefix = /^([\w.+?=-]+)> ?(.*)$/s.exec(withoutCommands(line))?.[1];
    const named = prefix === undefined ? undefined : this.builds.named(prefix);
    const id = named ?? this.builds.only;
    if (id === undefined) return false;
    if (named !== undefined) this.prefixed = true;
    const rest = named === undefined ? line : line.slice(line.indexOf('>') + 1).replace(/^ /, '');
    const begun = phase.exec(rest)?.[1];
    if (begun !== undefined) {
      this.add({ kind: 'phase', id, phase: begun });
      return true;
    }
    if (named === undefined) return false;
    this.add({ kind: 'lines', id, from: 'build', lines: [colouredLine(rest, longestLine)], count: 1 });
    return true;
  }

  private message(text: string): boolean {
    const event = messageEvent({ text, raw: null, ...noPosition }, null);
    // A build may print a path of the store, two columns in, as well.
    if (event.kind === 'planned' && !this.inPlan) return false;
    if (event.kind === 'plan' && !this.inPlan) this.endBuilds();
    this.inPlan = event.kind === 'plan' || event.kind === 'planned';
    if (event.kind === 'skipped') return false;
    if (event.kind === 'message' && event.meaning === null)
      if (event.severity === 'note' || this.builds.size > 0) return false;
    if (event.kind === 'message' && event.meaning?.kind === 'wait' && this.mayBeOfBuild(event.meaning.for))
      return false;
    this.add(event);
    return true;
  }

  private endBuild(drv: string): void {
    if (this.builds.delete(drv)) this.stop(drv);
  }

  private endBuilds(): void {
    for (const drv of this.builds.clear()) this.stop(drv);
    for (const { id } of this.waits) this.stop(id);
    this.waits = [];
    this.prefixed = false;
  }

  /** What a build waited for is there once it begins: it is named by its derivation or by the name of its output. */
  private endWaits(drv: string): void {
    const over = this.waits.filter(({ names }) => names.includes(nameOfDerivation(drv)));
    for (const { id } of over) this.stop(id);
    if (over.length > 0) this.waits = this.waits.filter((wait) => !over.includes(wait));
  }
}

/** Compilers say neither where in a configuration, `at /etc/nixos/x.nix:3:5:`, nor `… while evaluating`. */
function isOfNix(failure: Failure, text: string): boolean {
  if (failure.drv !== null) return true;
  if (failure.kind === 'evaluation') return failure.file !== null || /\n +… /.test(text);
  return failure.kind !== 'other' && failure.kind !== 'space';
}

function namesOf(waiting: WaitFor): readonly string[] {
  switch (waiting.kind) {
    case 'output-lock':
      return waiting.paths.map(nameOfPath);
    case 'machine':
    case 'build-user':
      return waiting.drv === null ? [] : [nameOfDerivation(waiting.drv)];
    default:
      return [];
  }
}
