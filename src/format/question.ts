/**
 * What a question says before something is done: to what, with its identity and its cost, piece by piece,
 * from the newest Model, whatever the list on the screen does meanwhile.
 */
import { lengthText } from '../model/clock-steps.ts';
import { type BuildTarget, buildOf, clientOf, type Intent } from '../model/intent.ts';
import { whyTooLate } from '../model/intent-standing.ts';
import type { Build, BuildProcess, Client, Model } from '../model/model.ts';
import type { PausedMark } from '../model/paused-mark.ts';
import { garbageWarning, repairWarning, verifyWarning } from '../model/store-check.ts';
import { intentTitle } from './intent-title.ts';
import { formatBytesLong } from './number.ts';
import type { Tone } from './paint.ts';
import { baseName, buildName, plural } from './words.ts';

/** Rank 0 is always said; the highest goes first where room is short. */
export interface Piece {
  readonly rank: number;
  readonly text: string;
  readonly short?: string;
  readonly tone?: Tone | undefined;
}

export interface QuestionFacts {
  readonly intent: Intent;
  readonly model: Model;
  /** Wall clock minus start of the pause, by build; from the registry. */
  readonly paused?: readonly PausedMark[];
  /** Version and kernel of the generation, the default's number. */
  readonly generation?: string | null;
  /** What could be freed, as far as it was looked for. */
  readonly garbageBytes?: number | null;
}

/** The first piece is what will be done; where it is too late the second one says so. */
export function questionPieces(facts: QuestionFacts): readonly Piece[] {
  const { intent, model } = facts;
  const first: Piece = { rank: 0, text: intentTitle(intent), tone: 'danger' };
  const tooLate = whyTooLate(intent, model);
  if (tooLate !== null) return [first, { rank: 0, text: tooLate, tone: 'warning' }];
  return [first, ...costs(facts)].filter(({ text }) => text !== '');
}

/** One line for a verb: `kill firefox-130.0 · 14 processes of nixbld3 · 3.1 GB · …`. */
export function questionText(facts: QuestionFacts): string {
  return questionPieces(facts)
    .map(({ text }) => text)
    .join(' · ');
}

function costs(facts: QuestionFacts): Piece[] {
  const { intent, model } = facts;
  switch (intent.type) {
    case 'kill':
      return killCosts(intent.targets, intent.reason, model);
    case 'signal':
      return signalCosts(intent, model);
    case 'pause':
      return pauseCosts(there(intent.targets, model));
    case 'resume':
      return resumeCosts(intent.targets, facts);
    case 'cancel':
      return cancelCosts(intent, model);
    case 'restart-daemon':
      return [
        { rank: 1, text: 'nix-daemon.service, by systemctl' },
        ...(model.builds.length === 0
          ? []
          : [
              {
                rank: 1,
                text: `${plural(model.builds.length, 'running build')} should go on in their workers`,
                tone: 'warning' as const,
              },
            ]),
      ];
    case 'rollback':
      return [
        { rank: 2, text: facts.generation ?? '' },
        {
          rank: 1,
          text:
            intent.profile.kind !== 'system'
              ? 'takes effect at once'
              : intent.mode === 'boot'
                ? 'with the next boot'
                : 'activates it now: services restart',
          tone: 'warning',
        },
      ];
    case 'verify':
      return [
        {
          rank: 2,
          text:
            intent.allowOldVerify === true
              ? 'with nix-store --verify: removes rows of vanished paths from the database'
              : 'reads every path at idle priority, changes nothing',
          ...(intent.allowOldVerify === true ? { tone: 'warning' as const } : {}),
        },
        warning(1, verifyWarning(model)),
      ];
    case 'repair':
      return [
        { rank: 1, text: intent.paths.slice(0, 2).map(baseName).join(', ') },
        warning(2, repairWarning, 'programs that use them may fail meanwhile'),
      ];
    case 'collect-garbage':
      return [
        {
          rank: 1,
          text: facts.garbageBytes == null ? '' : `about ${formatBytesLong(facts.garbageBytes)}`,
        },
        warning(
          1,
          intent.olderThanDays === null
            ? null
            : 'generations of all profiles go: there is no way back to them',
          'no way back to them',
        ),
        warning(2, garbageWarning(model)),
      ];
  }
}

function warning(rank: number, text: string | null, short?: string): Piece {
  return { rank, text: text ?? '', tone: 'warning', ...(short === undefined ? {} : { short }) };
}

function there(targets: readonly BuildTarget[], model: Model): readonly Build[] {
  return targets.flatMap((target) => buildOf(target, model) ?? []);
}

function killCosts(targets: readonly BuildTarget[], reason: string | null, model: Model): Piece[] {
  const builds = there(targets, model);
  const ended = targets.length - builds.length;
  return [
    { rank: 1, text: reason ?? '', short: reason?.replace(/:.*$/s, '') ?? '', tone: 'warning' },
    { rank: 2, text: ended === 0 ? '' : `${ended} of them ended by themselves`, tone: 'warning' },
    processesPiece(builds),
    memoryPiece(builds),
    lostPiece(builds),
    ...runPieces(builds, model),
    waitersPiece(builds, model),
  ];
}

function processesPiece(builds: readonly Build[]): Piece {
  const processes = builds.reduce((sum, build) => sum + build.processes, 0);
  const [only] = builds;
  const of = builds.length === 1 && only?.user != null ? ` of ${only.user}` : '';
  const text = plural(processes, 'process', 'processes');
  return { rank: 3, text: processes === 0 ? '' : `${text}${of}`, short: text };
}

function memoryPiece(builds: readonly Pick<Build, 'residentBytes'>[]): Piece {
  const known = builds.flatMap(({ residentBytes }) => residentBytes ?? []);
  const sum = known.reduce((total, one) => total + one, 0);
  return { rank: 4, text: known.length === 0 ? '' : formatBytesLong(sum) };
}

/** The longest: the others run beside it. */
function lostPiece(builds: readonly Build[]): Piece {
  const ages = builds.flatMap(({ ageSec }) => ageSec ?? []);
  if (ages.length === 0) return { rank: 2, text: '' };
  const most = lengthText(Math.max(...ages) * 1000);
  return { rank: 2, text: `${builds.length > 1 ? 'up to ' : ''}${most} of work lost`, short: `${most} lost` };
}

/** What becomes of the run that each build is part of. */
function runPieces(builds: readonly Build[], model: Model): Piece[] {
  if (builds.length === 0) return [];
  const clients = model.clients.filter((client) => builds.some(({ clientPid }) => clientPid === client.pid));
  if (clients.length === 0) return [{ rank: 2, text: 'no client is seen for it' }];
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
  const names = builds.flatMap(({ name }) => name ?? []);
  const waiting = model.clients.filter(
    ({ waitsFor }) => waitsFor !== null && waitsFor.holder !== null && names.includes(waitsFor.holder),
  );
  const [first] = waiting;
  if (first === undefined) return { rank: 5, text: '' };
  const more = waiting.length > 1 ? ` and ${waiting.length - 1} more wait for it` : ' waits for it';
  return { rank: 5, text: `${first.command}${more}`, short: `${plural(waiting.length, 'client')} waiting` };
}

function signalCosts(intent: Extract<Intent, { type: 'signal' }>, model: Model): Piece[] {
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

function pauseCosts(builds: readonly Build[]): Piece[] {
  const memory = memoryPiece(builds);
  return [
    processesPiece(builds),
    { rank: 1, text: memory.text === '' ? '' : `its memory (${memory.text}) is not freed` },
    { rank: 1, text: "Nix's timeouts go on", tone: 'warning' },
  ];
}

function resumeCosts(targets: readonly BuildTarget[], { model, paused = [] }: QuestionFacts): Piece[] {
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

function cancelCosts(intent: Extract<Intent, { type: 'cancel' }>, model: Model): Piece[] {
  const clients = intent.everything
    ? model.clients
    : intent.clients.flatMap((target) => clientOf(target, model) ?? []);
  const orphans = intent.everything ? [] : there(intent.orphans, model);
  const builds = intent.everything
    ? model.builds
    : [...model.builds.filter(({ clientPid }) => clients.some(({ pid }) => pid === clientPid)), ...orphans];
  const [only] = clients;
  return [
    ...(intent.everything || clients.length > 1 ? [{ rank: 1, text: plural(clients.length, 'client') }] : []),
    ...(clients.length === 1 && only !== undefined && !intent.everything ? clientPieces(only) : []),
    { rank: 1, text: builds.length === 0 ? '' : `${plural(builds.length, 'build')} end`, tone: 'warning' },
    memoryPiece([...clients, ...builds]),
    lostPiece(builds),
  ];
}

function clientPieces({ user, tty, phase, pid }: Client): Piece[] {
  const who = [user === null ? '' : `of ${user}`, tty === null ? '' : `on ${tty}`].filter(
    (one) => one !== '',
  );
  return [
    { rank: 3, text: who.join(' ') },
    { rank: 5, text: `pid ${pid}` },
    { rank: 4, text: phase },
  ];
}

/** `1 build is paused by nixpulse`, `2 actions run`. */
export function quitPieces(paused: readonly PausedMark[], running: readonly string[]): readonly Piece[] {
  const [title] = running;
  const actions =
    running.length === 1 && title !== undefined ? `${title} runs` : `${running.length} actions run`;
  const one = paused.length === 1;
  return [
    {
      rank: 0,
      text:
        paused.length === 0
          ? ''
          : `${plural(paused.length, 'build')} ${one ? 'is' : 'are'} paused by nixpulse`,
      tone: 'warning' as const,
    },
    { rank: 0, text: running.length === 0 ? '' : actions, tone: 'warning' as const },
  ].filter(({ text }) => text !== '');
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
  const what =
    names.length > 3 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : names.join(', ');
  const them = names.length === 1 ? 'it' : 'them';
  return [
    { rank: 0, text: `nixpulse paused ${what} ${since} ago and did not resume ${them}`, tone: 'warning' },
  ];
}
