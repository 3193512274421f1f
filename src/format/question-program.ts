/** What nixpulse asks about itself: before it quits, and what an earlier one left paused. */

import { lengthText } from '../base/duration.ts';
import { listText, plural } from '../base/plural.ts';
import type { LoweredMark } from '../model/intents/lowered-mark.ts';
import type { PausedMark } from '../model/intents/paused-mark.ts';
import type { Model } from '../model/model.ts';
import type { WatchedCommand } from '../model/ui/watched-command.ts';
import type { Piece } from './question-piece.ts';
import { commandText } from './watched-command.ts';
import { buildName } from './words.ts';

/** `nixos-rebuild switch is not over`, `1 build is paused by nixpulse`, `2 actions run`. */
export function quitPieces(
  paused: readonly PausedMark[],
  running: readonly string[],
  command: WatchedCommand | null = null,
  lowered: readonly LoweredMark[] = [],
): readonly Piece[] {
  const [title] = running;
  const actions =
    running.length === 1 && title !== undefined ? `${title} runs` : `${running.length} actions run`;
  return [
    {
      rank: 0,
      text: command === null ? '' : `${commandText(command)} is not over`,
      tone: 'warning' as const,
    },
    {
      rank: 0,
      text:
        paused.length === 0 ? '' : `${plural(paused.length, 'build is', 'builds are')} paused by nixpulse`,
      tone: 'warning' as const,
    },
    { rank: 0, text: loweredText(lowered), tone: 'warning' as const },
    { rank: 0, text: running.length === 0 ? '' : actions, tone: 'warning' as const },
  ].filter(({ text }) => text !== '');
}

/** `2 builds are lowered by nixpulse`. */
function loweredText(marks: readonly LoweredMark[]): string {
  if (marks.length === 0) return '';
  const lowered = marks.some((mark) => mark.lowered);
  const limited = marks.some((mark) => mark.limited);
  const how = lowered && limited ? 'lowered or limited' : limited ? 'limited' : 'lowered';
  return `${plural(marks.length, 'build is', 'builds are')} ${how} by nixpulse`;
}

/** `nixpulse paused firefox-130.0 12 min ago and did not resume it`. */
export function offerPieces(marks: readonly PausedMark[], { timeMs, builds }: Model): readonly Piece[] {
  const since = lengthText(Math.max(0, timeMs - Math.min(...marks.map(({ pausedAtMs }) => pausedAtMs))));
  const names = marks.map(({ target }) => {
    const build = builds.find(
      ({ pid, startTime }) => pid === target.root.pid && startTime === target.root.startTime,
    );
    return build === undefined ? (target.name ?? `build ${target.root.pid}`) : buildName(build);
  });
  const them = names.length === 1 ? 'it' : 'them';
  return [
    {
      rank: 0,
      text: `nixpulse paused ${listText(names, 3)} ${since} ago and did not resume ${them}`,
      tone: 'warning',
    },
  ];
}
