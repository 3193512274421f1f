/** The first row: the machine, Nix, the rebuild, and what is short since when. */
import { memo, type ReactElement } from 'react';
import { shownModel, useSelect } from '../../hooks/use-select.ts';
import { clockText, dateText } from '../../src/base/clock-time.ts';
import { formatDuration } from '../../src/base/duration.ts';
import { printable, truncate } from '../../src/base/text.ts';
import { guardSegment } from '../../src/format/guard-segment.ts';
import { latenessSegment } from '../../src/format/lateness.ts';
import { composeRow, fitSegments, type Segment, segment, span } from '../../src/format/row.ts';
import { shortageTitle } from '../../src/format/shortages.ts';
import { askedText, commandText } from '../../src/format/watched-command.ts';
import {
  daemonState,
  isRebuild,
  levelTone,
  mainClient,
  pressureProblem,
  urgentShortages,
} from '../../src/format/words.ts';
import { commandTitle } from '../../src/model/forest/client-command.ts';
import { hardeningMark } from '../../src/model/health/hardening.ts';
import type { Client, Model } from '../../src/model/model.ts';
import {
  damagedPaths,
  type StoreVerification,
  verificationText,
} from '../../src/model/nix-store/store-check.ts';
import type { RecorderStatus } from '../../src/model/past/recorded.ts';
import type { WatchedCommand } from '../../src/model/ui/watched-command.ts';
import type { Health } from '../../src/state/state.ts';
import { Line } from '../line/line.tsx';
import { type Theme, useTheme } from '../theme.ts';

export interface TitleFacts {
  readonly model: Model;
  readonly health: Health;
  /** Seconds since the screen was frozen; null = live. */
  readonly frozenSec: number | null;
  /** Null: never, or not known. */
  readonly verified?: StoreVerification | null;
  /** When what is shown was recorded, Unix ms; null = live. */
  readonly recordedMs?: number | null;
  /** What we run and watch. */
  readonly command?: WatchedCommand | null;
}

function titleRowOf(
  { model, health, frozenSec, verified = null, recordedMs = null, command = null }: TitleFacts,
  width: number,
  theme: Theme,
): string {
  const { host, daemon } = model;
  const state = daemonState(daemon);
  const uptime = host.uptimeSec === null ? '' : `up ${formatDuration(host.uptimeSec)}`;
  const segments: Segment[] = [
    ...(recordedMs === null ? [segment(8, 'nixpulse', 'title')] : [{ rank: 0.5, ...recordedAt(recordedMs) }]),
    segment(4, host.name === null ? '' : truncate(printable(host.name), 24), 'title'),
    segment(7, uptime, 'muted'),
    segment(6, host.nixVersion === null ? '' : `nix ${truncate(printable(host.nixVersion), 20)}`),
    segment(state.level === 'ok' ? 5 : 3, state.text, levelTone(state.level)),
    segment(9, health.readOnly ? 'read-only' : '', 'muted'),
    segment(9.5, hardeningMark(health.hardening) ?? '', 'muted'),
    recorder(health.recorder),
    command === null ? rebuild(mainClient(model)) : watched(command, model.timeMs),
    verification(verified, model.timeMs),
    guardSegment(model),
    latenessSegment(health.latenessMs),
    segment(8.5, health.lowDetail ? 'details rest' : '', 'muted'),
    segment(1, frozenSec === null ? '' : `FROZEN ${formatDuration(frozenSec)}`, 'alarm'),
    { ...verdict(model, width), right: true },
  ];
  return composeRow(fitSegments(segments, width, theme), width, theme);
}

/** Calm while it works; that it does not is worth a place. */
function recorder({
  state,
  behind,
  dropped,
  droppedEvents,
  tooLong,
  tooLongEvents,
}: RecorderStatus): Segment {
  if (state === 'off') return segment(11, '');
  if (state === 'stopped') return segment(3, 'not recording', 'warning');
  if (behind) return segment(3, 'REC behind', 'warning');
  const lost = dropped + droppedEvents + tooLong + tooLongEvents;
  return segment(11, lost === 0 ? 'REC' : `REC ${lost} lost`, 'muted');
}

/** In the place of the program's name: nobody takes it for now. */
function recordedAt(timeMs: number): Pick<Segment, 'spans' | 'short'> {
  return {
    spans: [span(' REPLAY ', 'key'), span(` ${dateText(timeMs)} ${clockText(timeMs)}`, 'accent')],
    short: [span(' REPLAY ', 'key')],
  };
}

/** A damaged store is what one must know; a sound one is told where there is room. */
function verification(verified: StoreVerification | null, nowMs: number): Segment {
  if (verified === null) return segment(10, '');
  const damaged = damagedPaths(verified).length;
  const text = verificationText(verified, nowMs);
  return damaged === 0
    ? segment(10, text, 'muted')
    : { rank: 3, spans: [span(text, 'danger')], short: [span(`store: ${damaged} damaged`, 'danger')] };
}

const commandColumns = 36;

function rebuild(client: Client | null): Segment {
  if (client === null) return segment(3, '');
  const label = isRebuild(client) ? 'REBUILD ' : '';
  const time = ` ${formatDuration(client.ageSec)}`;
  const name = truncate(printable(client.tool), 20);
  // Options are left to the row of the client itself.
  const command = truncate(printable(commandTitle(client.command)), commandColumns);
  return {
    rank: 3,
    spans: [span(label, 'title'), span(command), span(time, 'accent')],
    short: [span(name), span(time, 'accent')],
  };
}

function watched(command: WatchedCommand, nowMs: number): Segment {
  const whole = commandTitle(commandText(command));
  const text = truncate(whole, commandColumns);
  const time = ` ${formatDuration((nowMs - command.startedMs) / 1000)}`;
  const asked = askedText(command);
  return {
    rank: 2,
    spans: [
      span('WATCH ', 'title'),
      span(text),
      span(time, 'accent'),
      span(asked === '' ? '' : ` ${asked}`, 'warning'),
    ],
    // What it was asked is what one waits for.
    short:
      asked === ''
        ? [span(truncate(whole, 20)), span(time, 'accent')]
        : [span(asked, 'warning'), span(time, 'accent')],
  };
}

/** Narrower than this only the worst is named: the row below names the rest. */
const wideEnough = 80;

/** What is short; only warnings where nothing is critical. */
function verdict(model: Model, width: number): Segment {
  const urgent = urgentShortages(model);
  const critical = urgent.filter(({ level }) => level === 'critical');
  const [worst, ...others] = critical.length > 0 ? critical : urgent;
  if (worst === undefined) return calm(model);
  const first = shortageTitle(worst, model.monotonicMs);
  const rest = others.map(({ resource, level }) => `, ${resource} ${level}`).join('');
  const tone = levelTone(worst.level);
  if (width < wideEnough) return segment(0, first, tone);
  return {
    rank: 0,
    spans: [span('PRESSURE: ', 'title'), span(first + rest, tone)],
    short: [span(first, tone)],
  };
}

function calm({ pressure, shortages, monotonicMs }: Model): Segment {
  const { problem } = pressure.memory;
  if (problem !== null) return segment(0, pressureProblem(problem), 'muted');
  const [busy] = shortages;
  if (busy === undefined) return segment(0, 'pressure ok', 'ok');
  const since = formatDuration((monotonicMs - busy.sinceMs) / 1000);
  return {
    rank: 0,
    spans: [span('pressure ok', 'ok'), span(`, ${busy.resource} busy ${since}`, 'muted')],
    short: [span('pressure ok', 'ok')],
  };
}

export const Title = memo(function Title(): ReactElement {
  const model = useSelect(shownModel);
  const health = useSelect((state) => state.health);
  const frozenSec = useSelect((state) =>
    state.ui.frozen === null
      ? null
      : Math.floor((state.model.monotonicMs - state.ui.frozen.model.monotonicMs) / 1000),
  );
  const last = useSelect((state) => state.storeCheck.last);
  const verified = last?.ok ? last.value : null;
  const recordedMs = useSelect((state) => (state.replay === null ? null : shownModel(state).timeMs));
  const command = useSelect((state) => state.command);
  const columns = useSelect((state) => state.layout.columns);
  const theme = useTheme();
  const facts = { model, health, frozenSec, verified, recordedMs, command };
  return <Line text={titleRowOf(facts, columns, theme)} />;
});
