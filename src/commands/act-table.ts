/** Keys that act on builds and clients. Each opens a question, except pausing and lowering, which their own keys take back. */
import { bytesText } from '../base/bytes.ts';
import { ownCgroup } from '../model/forest/build-cgroup.ts';
import { tellingCommand } from '../model/forest/client-command.ts';
import { processName } from '../model/forest/command-line.ts';
import { isActivating } from '../model/forest/derive-activation.ts';
import { needsRoot } from '../model/intents/actor.ts';
import { heaviestBuild } from '../model/intents/heaviest-build.ts';
import { type SignalName, targetOf, titleOfTarget, wordToCancel } from '../model/intents/intent.ts';
import type { Build } from '../model/model.ts';
import type { Choice, KeyMode } from '../model/ui/modes.ts';
import type { ActSituation, Command, Situation } from './command.ts';
import { rootOnly } from './conflicts.ts';
import type { Step } from './step.ts';
import {
  type Cancellable,
  cancelChoices,
  cancelIntent,
  clientsOfTargets,
  everythingOf,
  isEmpty,
  lowerIntent,
  noBuild,
  noBuildIn,
  pauseIntent,
  touchable,
} from './targets.ts';

const lists: readonly KeyMode[] = ['normal', 'details', 'log', 'why', 'remedies'];

const signals: readonly SignalName[] = ['TERM', 'INT', 'KILL', 'STOP', 'CONT'];

/** A process of the tree has a menu of signals; a build, or the tagged ones, are killed whole. */
function killStep({ act }: Situation): Step {
  const { process } = act;
  const builds = touchable(act).map(targetOf);
  const [build] = builds;
  if (process === null || build === undefined) {
    return { type: 'ask', intent: { type: 'kill', targets: builds, reason: null }, word: null };
  }
  const { pid, startTime } = process;
  const choices = signals.map((signal): Choice => {
    const intent = { type: 'signal', build, process: { pid, startTime }, signal } as const;
    return { title: signal, intent, word: null };
  });
  return { type: 'choose', title: `signal to ${processName(process)} (${pid})`, choices };
}

/** Of what the machine has. */
const memoryShares = [25, 50, 75];
/** The least that cgroup v2 has; the usual is 100. */
const leastIoWeight = 1;

const isHeldBack = ({ lowered, limited }: Build) => lowered || limited;

/** Without systemd there is no unit to limit: then only what has a cgroup of its own can be. */
function canLimit({ actor }: ActSituation, builds: readonly Build[]): boolean {
  return actor.systemd !== false || builds.some(({ cgroup, uid }) => ownCgroup(cgroup ?? '', uid) !== null);
}

function noLimit(situation: Situation): string | undefined {
  const none = noBuild(situation);
  const builds = touchable(situation.act);
  if (none !== undefined || canLimit(situation.act, builds) || builds.some(isHeldBack)) return none;
  return `no ${builds.length === 1 ? 'cgroup of its own' : 'cgroups of their own'}, and no systemd here`;
}

function limitStep({ act }: Situation): Step {
  const builds = touchable(act);
  const targets = builds.map(targetOf);
  const { totalBytes } = act.model.memory;
  const limits = canLimit(act, builds);
  const shares = totalBytes === null || !limits ? [] : memoryShares;
  const choices = [
    ...shares.map((percent): Choice => {
      const memoryHighBytes = Math.round(((totalBytes ?? 0) * percent) / 100);
      const title = `${bytesText(memoryHighBytes)} (${percent}%)`;
      return { title, intent: { type: 'limit', targets, memoryHighBytes }, word: null };
    }),
    ...(limits
      ? [
          {
            title: 'last at disk',
            intent: { type: 'limit', targets, ioWeight: leastIoWeight },
            word: null,
          } as const,
        ]
      : []),
    ...(builds.some(isHeldBack)
      ? [{ title: 'as before', intent: { type: 'restore', targets }, word: null, asks: false } as const]
      : []),
  ];
  return { type: 'choose', title: 'limit to', choices };
}

/** One entry becomes a question at once, several a menu. */
function cancelStep({ act }: Situation): Step {
  const choices = cancelChoices(act).map((what): Choice => {
    return { title: cancelTitle(what), intent: cancelIntent(what), word: wordToCancel(what.clients) };
  });
  const [only] = choices;
  if (choices.length === 1 && only !== undefined) {
    return { type: 'ask', intent: only.intent, word: only.word };
  }
  return { type: 'choose', title: 'cancel', choices };
}

function cancelTitle({ clients, orphans }: Cancellable): string {
  const [client] = clients;
  if (client !== undefined) return `${tellingCommand(client.command)} (${client.pid})`;
  return orphans.map((build) => `${titleOfTarget(targetOf(build))} (its client is gone)`).join(', ');
}

function noClient(situation: Situation): string | undefined {
  const { act } = situation;
  if (cancelChoices(act).length > 0) return undefined;
  if (act.chosen && isEmpty(clientsOfTargets(act))) {
    if (situation.view === 'diagnosis' && act.targets.length === 0)
      return 'this is about no client that runs here';
    return act.targets.length === 0 && noBuildIn(situation) === undefined
      ? 'it has ended'
      : 'its client is not seen';
  }
  return act.model.clients.length === 0 ? 'no client runs' : `it is another user's: ${needsRoot}`;
}

function nothingAtAll({ act }: Situation): string | undefined {
  const { clients, builds } = act.model;
  if (clients.length + builds.length === 0) return 'nothing of Nix runs here';
  if (isEmpty(everythingOf(act)) && clients.some(isActivating)) {
    return 'it activates a configuration: c stops that';
  }
  return isEmpty(everythingOf(act)) && !act.actor.signalsAll
    ? `all of it is other users': ${needsRoot}`
    : undefined;
}

const shared = { group: 'Act', modes: lists, hazard: 'confirm' } as const;

export const actCommands: readonly Command[] = [
  {
    ...shared,
    id: 'kill',
    keys: ['k', 'f9'],
    title: 'Kill selected or tagged builds; of a process: send a signal',
    views: ['overview', 'builds', 'diagnosis'],
    footerViews: ['overview', 'builds'],
    footer: 'Kill',
    blocked: noBuild,
    step: killStep,
  },
  {
    ...shared,
    id: 'kill-heaviest',
    keys: ['K'],
    title: 'Kill the build that takes most of what is short',
    footer: 'Kill worst',
    blocked: ({ act }) => {
      const heaviest = heaviestBuild(act.model);
      if (heaviest === null) return 'there is no build here';
      return act.actor.signalsAll || heaviest.build.uid === act.actor.uid ? undefined : needsRoot;
    },
    step({ act }) {
      const heaviest = heaviestBuild(act.model);
      const targets = heaviest === null ? [] : [targetOf(heaviest.build)];
      return {
        type: 'ask',
        intent: { type: 'kill', targets, reason: heaviest?.reason ?? null },
        word: null,
      };
    },
  },
  {
    ...shared,
    id: 'pause',
    keys: ['p'],
    title: 'Pause or resume the selected or tagged builds',
    views: ['overview', 'builds', 'diagnosis'],
    footerViews: ['overview', 'builds'],
    hazard: 'act',
    footer: 'Pause',
    blocked: noBuild,
    step: ({ act }) => ({ type: 'perform', intent: pauseIntent(act) }),
  },
  {
    ...shared,
    id: 'lower',
    keys: ['r'],
    title: 'Lower selected or tagged builds (nice 19, idle I/O), or back',
    views: ['overview', 'builds', 'diagnosis'],
    footerViews: ['overview', 'builds'],
    hazard: 'act',
    footer: 'Lower',
    blocked: noBuild,
    step: ({ act }) => ({ type: 'perform', intent: lowerIntent(act) }),
  },
  {
    ...shared,
    id: 'limit',
    keys: ['L'],
    title: 'Limit builds: memory or disk of selected or tagged ones',
    views: ['overview', 'builds', 'diagnosis'],
    blocked: noLimit,
    step: limitStep,
  },
  {
    ...shared,
    id: 'cancel',
    keys: ['c'],
    title: 'Cancel the client of the selected build',
    views: ['overview', 'builds', 'diagnosis'],
    footerViews: ['overview', 'builds'],
    footer: 'Cancel',
    blocked: noClient,
    step: cancelStep,
  },
  {
    ...shared,
    id: 'cancel-everything',
    keys: ['C'],
    title: 'Cancel everything: every client and what builds for it',
    footer: 'Cancel all',
    blocked: nothingAtAll,
    step: ({ act }) => ({
      type: 'ask',
      intent: cancelIntent(everythingOf(act), act.actor.signalsAll),
      word: null,
    }),
  },
  {
    ...shared,
    id: 'restart-daemon',
    keys: ['D'],
    title: 'Restart the daemon',
    blocked: (s) =>
      s.act.actor.systemd === false
        ? 'systemd does not run here: restart it as it was started'
        : rootOnly('restart-daemon')(s),
    step: () => ({ type: 'ask', intent: { type: 'restart-daemon' }, word: null }),
  },
  {
    ...shared,
    id: 'cancel-running',
    keys: ['x'],
    title: 'Cancel the action that runs',
    hazard: 'none',
    blocked: ({ act }) => (act.running.length === 0 ? 'no action runs' : undefined),
    step: () => ({ type: 'cancel-running' }),
  },
];
