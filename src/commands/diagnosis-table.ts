/** Keys of the diagnosis: why something is said, and what helps. */
import { probeRow } from '../model/diagnosis/probe-table.ts';
import type { Choice } from '../model/ui/modes.ts';
import type { Command, Situation } from './command.ts';
import { conflictReason } from './conflicts.ts';
import { probeBlocked, probeStep } from './probe-step.ts';
import type { Step } from './step.ts';

function nothing({ mode, view, rows, log }: Situation): string {
  if (mode === 'details') return 'it has ended';
  // A row of the tree of derivations, with no processes.
  if (view === 'builds' && log.of !== null) return 'nothing of it runs or has failed';
  return rows === 0 ? 'nothing is known yet' : 'select a build first';
}

const ready = ({ diagnosis }: Situation) => diagnosis.tests.filter(({ running }) => !running);

function noTest(situation: Situation): string | undefined {
  const { tests } = situation.diagnosis;
  if (tests.length === 0) return 'no test would settle it';
  const reasons = ready(situation).map(({ id }) => probeBlocked(id, situation));
  if (reasons.length === 0) return 'it runs already (x ends it)';
  return reasons.every((reason) => reason !== undefined) ? reasons[0] : undefined;
}

/** One test is run, several are a menu, the cheapest first. */
function testStep(situation: Situation): Step {
  const tests = ready(situation).filter(({ id }) => probeBlocked(id, situation) === undefined);
  const steps = tests.map(({ id, subject }) => ({ id, step: probeStep(id, subject, situation) }));
  const [only] = steps;
  if (steps.length === 1 && only !== undefined) return only.step;
  const choices = steps.flatMap(({ id, step }): Choice[] => {
    const intent = step.type === 'ask' || step.type === 'perform' ? step.intent : undefined;
    if (intent === undefined) return [];
    return [{ title: probeRow(id).title, intent, word: null, asks: step.type === 'ask' }];
  });
  return { type: 'choose', title: 'test', choices };
}

const shared = { group: 'Diagnosis', hazard: 'none' } as const;

export const diagnosisCommands: readonly Command[] = [
  {
    ...shared,
    id: 'probe',
    keys: ['enter'],
    title: 'Test it: run what would settle the hypothesis',
    modes: ['normal'],
    when: 'live',
    views: ['diagnosis'],
    footer: 'Test',
    blocked: noTest,
    step: testStep,
  },
  {
    ...shared,
    id: 'probe-here',
    keys: ['enter'],
    title: 'Test what the page is about',
    modes: ['why', 'remedies'],
    when: 'live',
    footer: 'Test',
    footerWhile: 'works',
    blocked: noTest,
    step: testStep,
  },
  {
    ...shared,
    id: 'why',
    keys: ['v'],
    title: 'Why: the evidence for it and against it',
    modes: ['normal', 'details', 'remedies'],
    views: ['diagnosis', 'overview', 'builds'],
    footer: 'Why',
    footerViews: ['diagnosis'],
    footerModes: ['details'],
    blocked: (s) => (s.diagnosis.of === null ? nothing(s) : undefined),
    step: () => ({ type: 'why' }),
  },
  {
    ...shared,
    id: 'remedies',
    keys: ['f'],
    title: 'What helps: keys, commands, settings, and their risk',
    modes: ['normal', 'details', 'why'],
    views: ['diagnosis', 'overview', 'builds'],
    footer: 'What helps',
    footerViews: ['diagnosis'],
    blocked: (s) => {
      if (s.diagnosis.of === null) return nothing(s);
      return s.diagnosis.found ? undefined : 'nothing was found there';
    },
    step: () => ({ type: 'remedies' }),
  },
  {
    id: 'collect',
    group: 'Diagnosis',
    hazard: 'confirm',
    keys: ['B'],
    title: 'Bundle: all that a maintainer asks for, in one archive',
    modes: ['normal', 'why', 'remedies'],
    when: 'live',
    views: ['diagnosis'],
    footer: 'Bundle',
    blocked: ({ act }) =>
      act.actor.bundles === undefined ? 'none can be gathered here' : conflictReason('collect', act.running),
    step: ({ act }) => ({
      type: 'ask',
      intent: { type: 'collect', directory: act.actor.bundles ?? '' },
      word: null,
    }),
  },
];
