/** The state of the dashboard: what was sampled (model, history) and what the user chose (ui). */

import type { IdentityKey } from '../base/identity.ts';
import type { KeptLines } from '../logs/log-lines.ts';
import type { DerivationTree } from '../logs/tree.ts';
import type { TreeNode } from '../logs/tree-nodes.ts';
import type { Finding } from '../model/diagnosis/finding.ts';
import type { Hypothesis } from '../model/diagnosis/hypothesis.ts';
import type { ProbeRun } from '../model/diagnosis/probe.ts';
import type { Verdict } from '../model/diagnosis/verdict.ts';
import type { HardeningPart } from '../model/health/hardening.ts';
import type { Actor } from '../model/intents/actor.ts';
import type { Intent } from '../model/intents/intent.ts';
import type { LoweredMark } from '../model/intents/lowered-mark.ts';
import type { KeptEntry, Progress } from '../model/intents/outcome.ts';
import type { PausedMark } from '../model/intents/paused-mark.ts';
import type { Build, BuildProcess, Model, ModelEvent } from '../model/model.ts';
import type { FoundProfile, GenerationsState } from '../model/nix-store/generations.ts';
import type { StoreCheckState } from '../model/nix-store/store-check.ts';
import type { History } from '../model/past/history.ts';
import type { RecorderStatus } from '../model/past/recorded.ts';
import type { ReplayState } from '../model/past/replay.ts';
import type { Track } from '../model/past/track-rings.ts';
import type { TrackRangeId } from '../model/past/track-window.ts';
import type { RootCause } from '../model/rebuild/cause.ts';
import type { FollowedRebuild } from '../model/rebuild/followed.ts';
import type { LogFile, LogSubject } from '../model/rebuild/log-subject.ts';
import type { Build as LoggedBuild } from '../model/rebuild/rebuild.ts';
import type { ChosenColumns, SortId } from '../model/ui/build-list.ts';
import type { Mode } from '../model/ui/modes.ts';
import type { ToneLooks } from '../model/ui/tones.ts';
import type { ViewId } from '../model/ui/views.ts';
import type { WatchedCommand } from '../model/ui/watched-command.ts';
import type { Layout } from './layout.ts';

export type { SortId } from '../model/ui/build-list.ts';

export interface UiState {
  readonly view: ViewId;
  readonly modes: readonly Mode[];
  /** Selected row of the build list (a build, one of its processes, a line of a tree); follows identity. */
  readonly selected: string | null;
  readonly sort: SortId;
  readonly inverted: boolean;
  /** Of the settings. */
  readonly columns: ChosenColumns;
  /** Rows that do not match are hidden; '' = none. */
  readonly filter: string;
  readonly search: string;
  /** Builds whose processes are shown; keys of what was opened in the tree of a rebuild. */
  readonly unfolded: ReadonlySet<string>;
  /** Keys of what was closed there. */
  readonly folded: ReadonlySet<string>;
  readonly tagged: ReadonlySet<IdentityKey>;
  /** Ids of failures (model/rebuild/failed.ts) that are to be seen no more. */
  readonly dismissed: ReadonlySet<string>;
  /** `z`: the model shown while sampling goes on; null = live. */
  readonly frozen: { readonly model: Model; readonly history: History; readonly track: Track } | null;
  readonly selectedDisk: string | null;
  /** First visible row of the build list. */
  readonly scroll: number;
  /** One line above the footer: an error of a search, why a key is blocked, what became of an action. */
  readonly notice: { readonly text: string; readonly level: 'info' | 'warning' } | null;
  /** Number of the selected generation. */
  readonly selectedGeneration: number | null;
  /** Which of the profiles is shown. */
  readonly profile: number;
  /** Key of the selected row of the journal; null = the newest. */
  readonly selectedEntry: string | null;
  /** Key of the selected row of the diagnosis; null = the first. */
  readonly selectedDiagnosis: string | null;
  /** Key of the selected row of caches, builders and checks; null = the first. */
  readonly selectedPeer: string | null;
  readonly charts: ChartsUi;
}

/** Where one looks in the charts. */
export interface ChartsUi {
  readonly range: TrackRangeId;
  /** Unix ms; null = the newest, which goes on. */
  readonly cursorMs: number | null;
  /** Which line of charts is on top where not all fit. */
  readonly line: number;
}

/** One visible line of the build list, computed once per tick or transition. */
export type BuildRow =
  | {
      readonly kind: 'build';
      readonly key: IdentityKey;
      readonly build: Build;
      readonly unfolded: boolean;
      readonly tagged: boolean;
      /** Unix ms; null where it is not paused, or nobody knows since when. */
      readonly pausedAtMs: number | null;
      readonly place: TreePlace | null;
    }
  | {
      readonly kind: 'process';
      readonly key: IdentityKey;
      readonly build: Build;
      readonly process: BuildProcess;
      readonly place: TreePlace | null;
    }
  | TreeRow;

/** A line of the tree of a rebuild that is no build with processes. */
export interface TreeRow {
  readonly kind: 'tree';
  readonly key: string;
  readonly node: TreeNode;
  readonly place: TreePlace;
}

/** Where a row stands in the tree of a rebuild. */
export interface TreePlace {
  /** `FollowedRebuild.id`. */
  readonly rebuild: string;
  /** The same for a derivation whether it runs or not. */
  readonly key: string;
  readonly depth: number;
}

/** The log that is looked at. */
export interface LogPage {
  readonly of: LogSubject;
  /** `file`: as Nix wrote it to disk. `none`: nothing of it is here. */
  readonly from: 'stream' | 'file' | 'none';
  readonly kept: KeptLines;
  /** Null: it was not asked for. */
  readonly file: LogFile | null;
  /** The rebuild or build goes on, so that more may come. */
  readonly goesOn: boolean;
}

/** What failed, with the builds that it took with it: a line below those that run. */
export interface FailedRow {
  /** The first of `ids`. */
  readonly key: string;
  readonly rebuild: FollowedRebuild['id'];
  /** Of the rebuild, as typed; null where nobody has seen it. */
  readonly command: string | null;
  readonly ids: readonly string[];
  /** Of the first derivation that failed of it; null where no build failed. */
  readonly name: string | null;
  /** Where this program ended the build, it says so. */
  readonly root: RootCause;
  readonly build: LoggedBuild | null;
}

export interface TerminalState {
  readonly columns: number;
  readonly rows: number;
  /** False: TERM=linux or a locale that is not UTF-8. */
  readonly unicode: boolean;
  readonly color: boolean;
  /** TERM=linux: colours and bold, nothing faint. */
  readonly console?: boolean;
  /** Of the settings; without them the usual ones. */
  readonly looks?: ToneLooks | undefined;
}

/** How the program itself does. */
export interface Health {
  /** How late we were, the worst of the last ten seconds, ms. */
  readonly latenessMs: number;
  /** Details are left out, because the machine or we ourselves are short of something. */
  readonly lowDetail: boolean;
  readonly intervalScale: number;
  readonly readOnly: boolean;
  /** One line that says what root would add; null when nothing is missing. */
  readonly privilegeHint: string | null;
  /** What was done to stay alive in a freeze; null before it was tried, and where it is not wanted. */
  readonly hardening: readonly HardeningPart[] | null;
  readonly recorder: RecorderStatus;
}

/** An action that runs, with what it has reported: every field's last value. */
export interface RunningAction {
  readonly id: number;
  readonly intent: Intent;
  /** `kill firefox-130.0`. */
  readonly title: string;
  /** Monotonic ms. */
  readonly sinceMs: number;
  readonly progress: Omit<Progress, 'lines'>;
  /** Output and findings, newest last; bounded. */
  readonly lines: readonly string[];
  readonly cancelling: boolean;
}

/** What was done and what happened. */
export interface JournalState {
  /** Of the file and of this session; newest last, bounded. */
  readonly entries: readonly KeptEntry[];
  /** Of this session; newest last, bounded. */
  readonly alerts: readonly ModelEvent[];
  /** Both, newest first. */
  readonly rows: readonly JournalRow[];
  /** Why the file could not be read or written. */
  readonly problem: string | null;
}
export type JournalRow =
  | {
      readonly kind: 'action';
      readonly key: string;
      readonly timeMs: number;
      readonly entry: KeptEntry;
    }
  | {
      readonly kind: 'alert';
      readonly key: string;
      readonly timeMs: number;
      readonly event: ModelEvent;
    };

/** A hypothesis with the worst that was found of it; what else was found has rows of its own below. */
export interface DiagnosisRow {
  /** Of the first row of a hypothesis its id, of the others that of the finding. */
  readonly key: string;
  readonly hypothesis: Hypothesis;
  /** Null: nothing was found. */
  readonly finding: Finding | null;
  readonly first: boolean;
}

/** A probe with what it would be about; null: the machine, or its own choice. */
export type ProbeChoice = Pick<ProbeRun, 'id' | 'subject'>;

/** All that is known of what a page is about; nothing of it where it is over. */
export interface Looked {
  readonly hypothesis: Hypothesis | null;
  readonly finding: Finding | null;
  readonly verdict: Verdict | null;
  readonly build: Build | null;
}

export interface State {
  /** The newest model, even while the screen is frozen. */
  readonly model: Model;
  readonly history: History;
  /** What the charts are drawn from. */
  readonly track: Track;
  readonly rows: readonly BuildRow[];
  /** Of the rebuilds that are followed, by id; empty where no tree is shown. */
  readonly trees: ReadonlyMap<string, DerivationTree>;
  /** Where they are shown, those that were not dismissed. */
  readonly failed: readonly FailedRow[];
  readonly ui: UiState;
  /** Null while none is open. */
  readonly log: LogPage | null;
  readonly terminal: TerminalState;
  /** How many rows each part of the screen has now; the same object while unchanged. */
  readonly layout: Layout;
  readonly health: Health;
  readonly actor: Actor;
  /** In the order in which they began. */
  readonly actions: readonly RunningAction[];
  /** As the registry has them. */
  readonly paused: readonly PausedMark[];
  readonly lowered: readonly LoweredMark[];
  readonly journal: JournalState;
  /** Null before the view was opened for the first time. */
  readonly generations: GenerationsState | null;
  readonly profiles: readonly FoundProfile[];
  readonly storeCheck: Pick<StoreCheckState, 'last' | 'garbage'>;
  /** What we run and watch; null: nothing. */
  readonly command: WatchedCommand | null;
  /** The recording that is shown; null: live. */
  readonly replay: ReplayState | null;
}
