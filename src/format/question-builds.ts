/** What a question says before builds are killed, signalled, paused or resumed. */

import { lengthText } from '../base/duration.ts';
import { plural } from '../base/plural.ts';
import { clientCommand } from '../model/forest/client-command.ts';
import { waitersOf } from '../model/forest/lock-waits.ts';
import type { HeaviestReason } from '../model/intents/heaviest-build.ts';
import { type BuildTarget, buildOf, type Intent } from '../model/intents/intent.ts';
import type { Build, BuildProcess, Model } from '../model/model.ts';
import {
  lostPiece,
  memoryPiece,
  type Piece,
  processesPiece,
  type QuestionFacts,
  there,
} from './question-piece.ts';
import { shortageText } from './shortages.ts';

const claims: Readonly<Record<HeaviestReason['by'], string>> = {
  memory: 'it holds and takes most memory',
  io: 'it reads, writes and waits most',
  cpu: 'it takes most CPU',
};

/** `memory critical (full 63%): it holds and takes most memory`. */
function reasonPiece({ by, shortage, cpuPercent, grows }: HeaviestReason): Piece {
  const claim =
    by === 'cpu' && cpuPercent !== null
      ? `${claims.cpu} (${Math.round(cpuPercent)}%)`
      : by === 'memory' && !grows
        ? 'it holds most memory'
        : claims[by];
  if (shortage === null) return { rank: 1, text: claim, tone: 'warning' };
  const short = shortageText(shortage);
  return { rank: 1, text: `${short}: ${claim}`, short, tone: 'warning' };
}

export function killCosts(
  targets: readonly BuildTarget[],
  reason: HeaviestReason | null,
  model: Model,
): Piece[] {
  const builds = there(targets, model);
  const ended = targets.length - builds.length;
  return [
    ...(reason === null ? [] : [reasonPiece(reason)]),
    { rank: 2, text: ended === 0 ? '' : `${ended} of them ended by themselves`, tone: 'warning' },
    processesPiece(builds),
    memoryPiece(builds),
    lostPiece(builds),
    ...runPieces(builds, model),
    waitersPiece(builds, model),
  ];
}

/** What becomes of the run that each build is part of. */
function runPieces(builds: readonly Build[], model: Model): Piece[] {
  if (builds.length === 0) return [];
  const clients = model.clients.filter((client) => builds.some(({ clientPid }) => clientPid === client.pid));
  // With others in sight it may be one of them: a command line that has not been read yet.
  const none = model.clients.length === 0 ? 'no client is seen for it' : 'its client is not known';
  if (clients.length === 0) return [{ rank: 2, text: none }];
  const whole = clients.filter(({ keepGoing }) => keepGoing !== true);
  if (whole.length === 0) return [{ rank: 1, text: 'siblings go on (--keep-going)' }];
  const siblings = model.builds.filter(
    (build) => !builds.includes(build) && whole.some(({ pid }) => pid === build.clientPid),
  ).length;
  const beside = siblings === 0 ? '' : ` with ${plural(siblings, 'other build')}`;
  const sure = whole.some(({ keepGoing }) => keepGoing === false);
  const why = sure ? '(no --keep-going)' : 'unless it has --keep-going';
  const what = whole.length === 1 ? 'its whole run' : `${whole.length} whole runs`;
  return [
    {
      rank: 1,
      text: `fails ${what}${beside} ${why}`,
      short: `fails ${what} ${why}`,
      tone: 'warning',
    },
  ];
}

/** Clients that wait for the lock of one of them. */
function waitersPiece(builds: readonly Build[], model: Model): Piece {
  const waiting = waitersOf(builds, model.clients);
  const [first] = waiting;
  if (first === undefined) return { rank: 5, text: '' };
  const more = waiting.length > 1 ? ` and ${waiting.length - 1} more wait for it` : ' waits for it';
  return {
    rank: 5,
    text: `${clientCommand(first.command)}${more}`,
    short: `${plural(waiting.length, 'client')} waiting`,
  };
}

export function signalCosts(intent: Extract<Intent, { type: 'signal' }>, model: Model): Piece[] {
  const process = buildOf(intent.build, model)?.tree.find(({ pid }) => pid === intent.process.pid);
  if (process === undefined) return [];
  const { comm, command, ageSec } = process;
  return [
    { rank: 1, text: comm },
    { rank: 3, text: stateText(process) },
    memoryPiece([process]),
    { rank: 4, text: ageSec === null ? '' : `since ${lengthText(ageSec * 1000)}` },
    { rank: 5, text: command === null ? '' : command.slice(0, 60) },
  ];
}

const states = { R: 'running', S: 'sleeping', D: 'blocked', Z: 'zombie', T: 'stopped' } as const;

function stateText({ state }: BuildProcess): string {
  return states[state];
}

export function pauseCosts(builds: readonly Build[]): Piece[] {
  const memory = memoryPiece(builds);
  return [
    processesPiece(builds),
    { rank: 1, text: memory.text === '' ? '' : `its memory (${memory.text}) is not freed` },
    { rank: 1, text: "Nix's timeouts go on", tone: 'warning' },
  ];
}

export function resumeCosts(targets: readonly BuildTarget[], { model, paused = [] }: QuestionFacts): Piece[] {
  const since = paused
    .filter(({ target }) => targets.some(({ root }) => root.pid === target.root.pid))
    .map(({ pausedAtMs }) => pausedAtMs);
  return [
    {
      rank: 1,
      text: since.length === 0 ? '' : `paused ${lengthText(model.timeMs - Math.min(...since))} ago`,
    },
  ];
}
