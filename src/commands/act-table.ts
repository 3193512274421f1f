/** The keys that change the machine. Each opens a question, except pausing, which its own key takes back. */
import { needsRoot } from '../model/actor.ts';
import { unsoundReason } from '../model/generations.ts';
import { heaviestBuild } from '../model/heaviest-build.ts';
import { type IntentType, type SignalName, targetOf } from '../model/intent.ts';
import type { ActSituation, Command, KeyMode, Situation } from './command.ts';
import type { Choice, Step } from './step.ts';
import {
  cancelIntent,
  clientsOfTargets,
  everythingOf,
  isEmpty,
  noBuild,
  pauseIntent,
  permitted,
  touchable,
} from './targets.ts';

const lists: readonly KeyMode[] = ['normal', 'details'];

/** Actions that would be in each other's way. */
const exclusive: readonly (readonly IntentType[])[] = [
  ['rollback'],
  ['restart-daemon'],
  ['verify', 'repair', 'collect-garbage'],
];

const runs: Readonly<Partial<Record<IntentType, string>>> = {
  rollback: 'a rollback runs already',
  'restart-daemon': 'the daemon is being restarted',
  verify: 'a verification runs (x cancels it)',
  repair: 'a repair runs (x cancels it)',
  'collect-garbage': 'a garbage collection runs (x cancels it)',
};

/** Why an action cannot begin beside those that run. */
export function inTheWay(type: IntentType, running: readonly IntentType[]): string | undefined {
  const group = exclusive.find((types) => types.includes(type));
  const other = running.find((one) => group?.includes(one));
  return other === undefined ? undefined : runs[other];
}

function forRoot(type: IntentType): (situation: Situation) => string | undefined {
  return ({ act }) => (act.actor.privileged ? inTheWay(type, act.running) : needsRoot);
}

const signals: readonly SignalName[] = ['TERM', 'INT', 'KILL', 'STOP', 'CONT'];

/** A process of the tree has a menu of signals; a build, or the tagged ones, are killed whole. */
function killStep({ act }: Situation): Step {
  const { process } = act;
  const builds = touchable(act).map(targetOf);
  const [build] = builds;
  if (process === null || build === undefined) {
    return { type: 'ask', intent: { type: 'kill', targets: builds, reason: null }, word: null };
  }
  const { pid, startTime, comm } = process;
  const choices = signals.map((signal): Choice => {
    const intent = { type: 'signal', build, process: { pid, startTime }, signal } as const;
    return { title: signal, intent, word: null };
  });
  return { type: 'choose', title: `signal to ${comm} (${pid})`, choices };
}

/** Of the selected builds; without a selection the only client, or one from a menu. */
function cancelStep({ act }: Situation): Step {
  const chosen = permitted(clientsOfTargets(act), act);
  if (!isEmpty(chosen)) return { type: 'ask', intent: cancelIntent(chosen), word: null };
  const { clients } = everythingOf(act);
  const choices = clients.map((client): Choice => {
    const intent = cancelIntent({ clients: [client], orphans: [] });
    return { title: `${client.command} (${client.pid})`, intent, word: null };
  });
  const [only] = choices;
  if (choices.length === 1 && only !== undefined) return { type: 'ask', intent: only.intent, word: null };
  return { type: 'choose', title: 'cancel', choices };
}

function noClient({ act }: Situation): string | undefined {
  const { targets, model, actor } = act;
  const wanted = clientsOfTargets(act);
  const nothing = targets.length === 0 ? model.clients.length === 0 : isEmpty(wanted);
  if (nothing) return targets.length === 0 ? 'no client runs' : 'its client is not seen';
  const mine = targets.length === 0 ? everythingOf(act) : permitted(wanted, act);
  return isEmpty(mine) && !actor.privileged ? `it is another user's: ${needsRoot}` : undefined;
}

function nothingAtAll({ act }: Situation): string | undefined {
  const { clients, builds } = act.model;
  if (clients.length + builds.length === 0) return 'nothing of Nix runs here';
  return isEmpty(everythingOf(act)) && !act.actor.privileged
    ? `all of it is other users': ${needsRoot}`
    : undefined;
}

function noRollback({ act }: Situation): string | undefined {
  const { generations, actor, running } = act;
  if (generations === null || generations.list === null) return 'the generations are not read yet';
  const { selected, profile } = generations;
  if (selected === null) return 'select a generation first';
  if (profile.kind === 'system' && !actor.privileged) return needsRoot;
  const unsound = unsoundReason(selected);
  if (unsound !== null) return `generation ${selected.number} is not sound: ${unsound}`;
  if (selected.isDefault && profile.kind === 'user') return `generation ${selected.number} is the default`;
  return inTheWay('rollback', running);
}

/** The system: with the next boot or now; the others have one way only. */
function rollbackStep({ act }: Situation): Step {
  const { profile, selected } = act.generations as NonNullable<ActSituation['generations']>;
  const generation = selected?.number ?? 0;
  const word = String(generation);
  const intent = (mode: 'boot' | 'switch') =>
    ({
      type: 'rollback',
      profile,
      generation,
      mode,
      ...(selected?.storePath == null ? {} : { storePath: selected.storePath }),
    }) as const;
  if (profile.kind !== 'system') return { type: 'ask', intent: intent('switch'), word };
  return {
    type: 'choose',
    title: `roll back to generation ${generation}`,
    choices: [
      { title: 'boot: with the next boot', intent: intent('boot'), word },
      { title: 'switch: now', intent: intent('switch'), word },
    ],
  };
}

/** Before `nix store verify` (2.4): what looks there changes the database, and the question says so. */
function isOldNix(version: string | null): boolean {
  const [, major = '', minor = ''] = /^(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  return major !== '' && (Number(major) < 2 || (Number(major) === 2 && Number(minor) < 4));
}

const ages: readonly (number | null)[] = [null, 30, 14, 7];

export const actCommands: readonly Command[] = [
  {
    id: 'kill',
    keys: ['k', 'f9'],
    title: 'Kill the selected or tagged builds; on a process: send a signal',
    group: 'Act',
    modes: lists,
    views: ['overview', 'builds'],
    hazard: 'confirm',
    footer: 'Kill',
    blocked: noBuild,
    step: killStep,
  },
  {
    id: 'kill-heaviest',
    keys: ['K'],
    title: 'Emergency: kill the build that takes most of what is short',
    group: 'Act',
    modes: lists,
    hazard: 'confirm',
    footer: 'Kill worst',
    blocked: ({ act }) => {
      const heaviest = heaviestBuild(act.model);
      if (heaviest === null) return 'there is no build here';
      return act.actor.privileged || heaviest.build.uid === act.actor.uid ? undefined : needsRoot;
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
    id: 'pause',
    keys: ['p'],
    title: 'Pause or resume the selected or tagged builds',
    group: 'Act',
    modes: lists,
    views: ['overview', 'builds'],
    hazard: 'act',
    footer: 'Pause',
    blocked: noBuild,
    step: ({ act }) => ({ type: 'perform', intent: pauseIntent(act) }),
  },
  {
    id: 'cancel',
    keys: ['c'],
    title: 'Cancel the client of the selected build',
    group: 'Act',
    modes: lists,
    views: ['overview', 'builds'],
    hazard: 'confirm',
    footer: 'Cancel',
    blocked: noClient,
    step: cancelStep,
  },
  {
    id: 'cancel-everything',
    keys: ['C'],
    title: 'Cancel everything: every client and what builds for it',
    group: 'Act',
    modes: lists,
    hazard: 'confirm',
    footer: 'Cancel all',
    blocked: nothingAtAll,
    step: ({ act }) => ({
      type: 'ask',
      intent: cancelIntent(everythingOf(act), act.actor.privileged),
      word: null,
    }),
  },
  {
    id: 'restart-daemon',
    keys: ['D'],
    title: 'Restart the daemon',
    group: 'Act',
    modes: lists,
    hazard: 'confirm',
    blocked: (s) =>
      s.act.actor.systemd === false
        ? 'systemd does not run here: restart it as it was started'
        : forRoot('restart-daemon')(s),
    step: () => ({ type: 'ask', intent: { type: 'restart-daemon' }, word: null }),
  },
  {
    id: 'cancel-running',
    keys: ['x'],
    title: 'Cancel the action that runs',
    group: 'Act',
    modes: lists,
    hazard: 'none',
    blocked: ({ act }) => (act.running.length === 0 ? 'no action runs' : undefined),
    step: () => ({ type: 'cancel-running' }),
  },
  {
    id: 'generations-for-rollback',
    keys: ['R'],
    title: 'Roll back: opens the generations',
    group: 'Act',
    modes: ['normal', 'details', 'help'],
    hazard: 'none',
    step: () => ({ type: 'view', view: 'generations' }),
  },
  {
    id: 'rollback',
    keys: ['enter'],
    title: 'Roll back to the selected generation',
    group: 'Act',
    modes: ['normal'],
    views: ['generations'],
    hazard: 'confirm',
    footer: 'Roll back',
    blocked: noRollback,
    step: rollbackStep,
  },
  {
    id: 'previous-profile',
    keys: ['left'],
    title: 'Generations of the previous profile',
    group: 'Act',
    modes: ['normal'],
    views: ['generations'],
    hazard: 'none',
    blocked: oneProfile,
    step: () => ({ type: 'turn-profile', by: -1 }),
  },
  {
    id: 'next-profile',
    keys: ['right'],
    title: 'Generations of the next profile',
    group: 'Act',
    modes: ['normal'],
    views: ['generations'],
    hazard: 'none',
    footer: 'Profile',
    blocked: oneProfile,
    step: () => ({ type: 'turn-profile', by: 1 }),
  },
  {
    id: 'verify',
    keys: ['V'],
    title: 'Verify the store: reads every path, changes nothing',
    group: 'Act',
    modes: lists,
    hazard: 'confirm',
    footer: 'Verify',
    footerViews: ['generations'],
    blocked: ({ act }) => inTheWay('verify', act.running),
    step: ({ act }) => {
      const old = isOldNix(act.model.host.nixVersion);
      return {
        type: 'ask',
        intent: { type: 'verify', ...(old ? { allowOldVerify: true } : {}) },
        word: null,
      };
    },
  },
  {
    id: 'repair',
    keys: ['F'],
    title: 'Fix what the last verification found damaged',
    group: 'Act',
    modes: ['normal'],
    views: ['generations'],
    hazard: 'confirm',
    footer: 'Fix',
    blocked: (s) => {
      if (s.act.damaged.length === 0) return 'nothing is known to be damaged: verify first (V)';
      return forRoot('repair')(s);
    },
    step: ({ act }) => ({ type: 'ask', intent: { type: 'repair', paths: act.damaged }, word: 'repair' }),
  },
  {
    id: 'look-for-garbage',
    keys: ['g'],
    title: 'Look for what could be freed',
    group: 'Act',
    modes: ['normal'],
    views: ['generations'],
    hazard: 'none',
    footer: 'Garbage?',
    step: () => ({ type: 'look-for-garbage' }),
  },
  {
    id: 'collect-garbage',
    keys: ['G'],
    title: 'Collect garbage, with old generations or without',
    group: 'Act',
    modes: ['normal'],
    views: ['generations'],
    hazard: 'confirm',
    footer: 'Free',
    blocked: ({ act }) => inTheWay('collect-garbage', act.running),
    step({ act }) {
      // Deleting old generations is root's; what is dead anyway the daemon deletes for everybody.
      const offered = act.actor.privileged ? ages : ages.slice(0, 1);
      const choices = offered.map(
        (days): Choice => ({
          title: days === null ? 'what nothing uses' : `and generations older than ${days} days`,
          intent: { type: 'collect-garbage', olderThanDays: days },
          word: days === null ? null : 'delete',
        }),
      );
      return { type: 'choose', title: 'free', choices };
    },
  },
];

function oneProfile({ act }: Situation): string | undefined {
  return (act.generations?.profiles ?? 0) < 2 ? 'there is no other profile' : undefined;
}

/** Answers to questions, which are asked over everything else. */
export const answerCommands: readonly Command[] = [
  {
    id: 'yes',
    keys: ['y'],
    title: 'Yes: do what the question says (any other key: no)',
    group: 'While typing',
    modes: ['confirm'],
    hazard: 'none',
    footer: 'Yes',
    blocked: ({ act }) => act.question?.tooLate ?? undefined,
    step: () => ({ type: 'perform' }),
  },
  {
    id: 'yes-typed',
    keys: ['enter'],
    title: 'Do what the question says, once its word is typed',
    group: 'While typing',
    modes: ['confirm-typed'],
    hazard: 'none',
    footer: 'Do it',
    blocked: ({ act }) => (act.question?.exact === true ? undefined : 'type the word first'),
    step: () => ({ type: 'perform' }),
  },
  {
    id: 'yes-resume',
    keys: ['y'],
    title: 'Resume what was left paused (any other key: leave it)',
    group: 'While typing',
    modes: ['offer'],
    hazard: 'none',
    footer: 'Resume',
    step: () => ({ type: 'perform' }),
  },
  {
    id: 'yes-quit',
    keys: ['y'],
    title: 'Quit: resume what is paused, cancel what runs',
    group: 'While typing',
    modes: ['quit-question'],
    hazard: 'none',
    footer: 'Quit',
    step: () => ({ type: 'quit', paused: 'resume' }),
  },
  {
    id: 'yes-quit-paused',
    keys: ['l'],
    title: 'Quit and leave paused what is paused',
    group: 'While typing',
    modes: ['quit-question'],
    hazard: 'none',
    footer: 'Leave paused',
    blocked: ({ act }) => (act.pausedByUs === 0 ? 'nothing is paused' : undefined),
    step: () => ({ type: 'quit', paused: 'leave' }),
  },
];
