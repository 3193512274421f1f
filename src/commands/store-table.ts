/** Keys that change generations and the store: roll back, verify, fix, free. */
import { needsRoot } from '../model/intents/actor.ts';
import { unsoundReason } from '../model/nix-store/generations.ts';
import type { Choice, KeyMode } from '../model/ui/modes.ts';
import type { ActSituation, Command, Situation } from './command.ts';
import { conflictReason, rootOnly } from './conflicts.ts';
import type { Step } from './step.ts';

const lists: readonly KeyMode[] = ['normal', 'details'];

function noRollback({ act }: Situation): string | undefined {
  const { generations, actor, running } = act;
  if (generations === null || generations.list === null) return 'no generations are known here';
  const { selected, profile } = generations;
  if (selected === null) return 'select a generation first';
  if (profile.kind === 'system' && !actor.privileged) return needsRoot;
  const unsound = unsoundReason(selected);
  if (unsound !== null) return `generation ${selected.number} is not sound: ${unsound}`;
  if (selected.isDefault && profile.kind === 'user') return `generation ${selected.number} is the default`;
  return conflictReason('rollback', running);
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

function oneProfile({ act }: Situation): string | undefined {
  return (act.generations?.profiles ?? 0) < 2 ? 'there is no other profile' : undefined;
}

/** Before `nix store verify` (2.4): what looks there changes the database, and the question says so. */
function isOldNix(version: string | null): boolean {
  const [, major = '', minor = ''] = /^(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  return major !== '' && (Number(major) < 2 || (Number(major) === 2 && Number(minor) < 4));
}

const ages: readonly (number | null)[] = [null, 30, 14, 7];

/** The first says it whole; all fit beside each other in 80 columns. */
function ageTitle(days: number): string {
  return days === ages[1] ? `and generations older than ${days} days` : `${days} days`;
}

const hasGenerations = ({ act }: Situation) => (act.generations?.list?.generations.length ?? 0) > 0;

const shared = { group: 'Act', modes: ['normal'], views: ['generations'], hazard: 'confirm' } as const;

export const storeCommands: readonly Command[] = [
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
    ...shared,
    id: 'rollback',
    keys: ['enter'],
    title: 'Roll back to the selected generation',
    footer: 'Roll back',
    footerWhile: hasGenerations,
    blocked: noRollback,
    step: rollbackStep,
  },
  {
    ...shared,
    id: 'previous-profile',
    keys: ['left'],
    title: 'Generations of the previous profile',
    hazard: 'none',
    blocked: oneProfile,
    step: () => ({ type: 'turn-profile', by: -1 }),
  },
  {
    ...shared,
    id: 'next-profile',
    keys: ['right'],
    title: 'Generations of the next profile',
    hazard: 'none',
    footer: 'Profile',
    footerWhile: 'works',
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
    blocked: ({ act }) => conflictReason('verify', act.running),
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
    ...shared,
    id: 'repair',
    keys: ['F'],
    title: 'Fix what was found damaged',
    footer: 'Fix',
    footerWhile: 'works',
    blocked: (s) => {
      if (s.act.damaged.length === 0) return 'nothing is known to be damaged, verify first (V)';
      return rootOnly('repair')(s);
    },
    step: ({ act }) => ({ type: 'ask', intent: { type: 'repair', paths: act.damaged }, word: 'repair' }),
  },
  {
    ...shared,
    id: 'look-for-garbage',
    keys: ['g'],
    title: 'Look for what could be freed',
    hazard: 'none',
    footer: 'Garbage?',
    blocked: ({ act }) => act.actor.barred ?? undefined,
    step: () => ({ type: 'look-for-garbage' }),
  },
  {
    ...shared,
    id: 'collect-garbage',
    keys: ['G'],
    title: 'Collect garbage, old generations too',
    footer: 'Free',
    blocked: ({ act }) => conflictReason('collect-garbage', act.running),
    step({ act }) {
      // Deleting old generations is root's; what is dead anyway the daemon deletes for everybody.
      const offered = act.actor.privileged ? ages : ages.slice(0, 1);
      const choices = offered.map(
        (days): Choice => ({
          title: days === null ? 'what nothing uses' : ageTitle(days),
          intent: { type: 'collect-garbage', olderThanDays: days },
          word: days === null ? null : 'delete',
        }),
      );
      return { type: 'choose', title: 'free', choices };
    },
  },
];
