/** The shape of a command: one row says its keys, its title, where it works and why it does not now. */

import { listText } from '../base/plural.ts';
import type { Result } from '../base/problem.ts';
import type { ProbeRun } from '../model/diagnosis/probe.ts';
import type { Actor } from '../model/intents/actor.ts';
import type { IntentType, ProfileTarget } from '../model/intents/intent.ts';
import type { Build, BuildProcess, Client, Model } from '../model/model.ts';
import type { Generation, GenerationList } from '../model/nix-store/generations.ts';
import type { ReplayTime } from '../model/past/replay.ts';
import type { LogSubject } from '../model/rebuild/log-subject.ts';
import type { Choice, DiagnosisSubject, KeyMode } from '../model/ui/modes.ts';
import { type ViewId, views } from '../model/ui/views.ts';
import type { Step } from './step.ts';

/**
 * What the cursor of the build list stands on: a build and a process are what runs here; of the tree of a rebuild its
 * own row, a derivation by what has become of it, and any other line.
 */
export type SelectedRow =
  | 'build'
  | 'process'
  | 'rebuild'
  | 'running'
  | 'waiting'
  | 'planned'
  | 'blocked'
  | 'failed'
  | 'over'
  | 'line';

/** What a command may look at to know whether it works now, and on what. */
export interface Situation {
  readonly mode: KeyMode;
  readonly view: ViewId;
  /** Rows of the list that the view shows. */
  readonly rows: number;
  readonly selected: SelectedRow | null;
  /** What is below that row is shown; null: nothing is. */
  readonly open: boolean | null;
  /** The view shows trees of rebuilds, which have an order of their own. */
  readonly tree: boolean;
  readonly tagged: number;
  readonly frozen: boolean;
  readonly search: string;
  readonly filter: string;
  readonly readOnly: boolean;
  /** False where several keys came in one read: nobody has seen what the first of them did. */
  readonly alone: boolean;
  readonly act: ActSituation;
  readonly charts: ChartSituation;
  /** A command is run and watched, and has not ended. */
  readonly command: boolean;
  readonly log: LogSituation;
  readonly diagnosis: DiagnosisSituation;
  /** Of the menu that is open what the cursor stands on. */
  readonly choice: Choice | null;
  /** Null: live. */
  readonly replay: ReplaySituation | null;
  /** Why one cannot go back in time from the live dashboard; null where one can. */
  readonly noRecording: string | null;
}

/** What the commands of a log look at. */
export interface LogSituation {
  /** Whose log can be opened: of the selected row, or of what the details show. */
  readonly of: LogSubject | null;
  /** What is searched in the one that is open. */
  readonly search: string;
  /** Why its file cannot be looked for. */
  readonly noFile: string | null;
}

/** What the commands of the diagnosis look at. */
export interface DiagnosisSituation {
  /** What it is asked of; null: nothing. */
  readonly of: DiagnosisSubject | null;
  /** Something was found there, so that there are ways out. */
  readonly found: boolean;
  /** What would settle it, the cheapest first, and which of these run. */
  readonly tests: readonly (Pick<ProbeRun, 'id' | 'subject'> & { readonly running: boolean })[];
}

/** What the commands of the charts look at. */
export interface ChartSituation {
  /** False where they show the newest. */
  readonly cursor: boolean;
  /** What the cursor reads; null where there are no samples. */
  readonly at: ReplayTime | null;
  readonly shortest: boolean;
  readonly longest: boolean;
  /** All charts are on the screen. */
  readonly whole: boolean;
}

/** What the commands of a recording look at. */
export interface ReplaySituation {
  /** Esc and b lead to the live dashboard. */
  readonly canReturn: boolean;
  /** Of the time that is being typed. */
  readonly typed: Result<number> | null;
}

/** What the commands that change the machine look at besides. */
export interface ActSituation {
  readonly actor: Actor;
  /** The newest, also while the screen is frozen. */
  readonly model: Model;
  /** The tagged builds, else the one under the cursor. */
  readonly targets: readonly Build[];
  /** They were tagged, selected or opened; false where the cursor only stands at the top. */
  readonly chosen: boolean;
  /** Of the rebuild that the cursor stands in, where it stands on no build. */
  readonly client: Client | null;
  /** The selected process of an unfolded build, with nothing tagged. */
  readonly process: BuildProcess | null;
  /** What runs now. */
  readonly running: readonly IntentType[];
  readonly pausedByUs: number;
  /** Lowered or limited. */
  readonly loweredByUs: number;
  readonly generations: {
    readonly profile: ProfileTarget;
    readonly list: GenerationList | null;
    readonly selected: Generation | null;
    /** How many profiles there are to choose from. */
    readonly profiles: number;
  } | null;
  /** Store paths that the last verification found damaged. */
  readonly damaged: readonly string[];
  /** Of the question that is open. */
  readonly question: {
    /** Why it can no longer be confirmed. */
    readonly tooLate: string | null;
    /** What must be typed has been typed. */
    readonly exact: boolean;
  } | null;
}

/** In the order of the help. */
export const groups = [
  'Act',
  'Move',
  'Builds',
  'Log',
  'Diagnosis',
  'Guard',
  'Views',
  'History',
  'Replay',
  'While typing',
  'Program',
] as const;

export type CommandGroup = (typeof groups)[number];

/**
 * `confirm`: changes the machine, so it opens a question and never acts by itself. `act`: changes it at
 * once, in a way that the same key takes back.
 */
export type Hazard = 'none' | 'act' | 'confirm';

export interface Command {
  readonly id: string;
  /** Names as `parse/keys.ts` gives them. */
  readonly keys: readonly string[];
  readonly title: string;
  readonly group: CommandGroup;
  readonly modes: readonly KeyMode[];
  /** Where it works; absent = in every view. */
  readonly views?: readonly ViewId[];
  /** Of two commands of one key the one that fits; absent = live and in a recording. */
  readonly when?: 'live' | 'replay';
  readonly hazard: Hazard;
  /** One or two words where the footer offers it. */
  readonly footer?: string;
  /** Where the footer offers it, if not wherever it works. */
  readonly footerViews?: readonly ViewId[];
  /** Modes in which it does so in every view. */
  readonly footerModes?: readonly KeyMode[];
  /** It offers it only then: not of what comes and goes with the cursor, or the rest of the footer would jump. */
  readonly footerWhile?: 'works' | ((situation: Situation) => boolean);
  /** Why it does not work now. */
  readonly blocked?: (situation: Situation) => string | undefined;
  readonly step: (situation: Situation) => Step;
}

/** Why a command does not work now, in words; undefined where it does. */
export function blockedReason(command: Command, situation: Situation): string | undefined {
  if (command.hazard !== 'none') {
    if (situation.readOnly) return 'started with --read-only';
    const { barred } = situation.act.actor;
    if (barred !== null) return barred;
  }
  const { replay } = situation;
  if (command.when === 'replay' && replay === null) return 'only in a recording (b opens one)';
  if (command.when === 'live' && replay !== null) return 'this is a recording';
  if (command.views !== undefined && !command.views.includes(situation.view)) {
    const keys = command.views.map((view) => views[view].key);
    return `only in ${keys.length === 1 ? 'view' : 'views'} ${listText(keys)}`;
  }
  return command.blocked?.(situation);
}
