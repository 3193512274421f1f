/** Keys of the diagnosis: why something is said, and what helps. */
import type { Command, Situation } from './command.ts';

const nothing = ({ mode, rows }: Situation) =>
  mode === 'details' ? 'it has ended' : rows === 0 ? 'nothing is known yet' : 'select a build first';

const shared = { group: 'Diagnosis', hazard: 'none' } as const;

export const diagnosisCommands: readonly Command[] = [
  {
    ...shared,
    id: 'why',
    keys: ['v'],
    title: 'Why: the evidence for it and against it',
    modes: ['normal', 'details', 'remedies'],
    views: ['diagnosis', 'overview', 'builds'],
    footer: 'Why',
    footerViews: ['diagnosis'],
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
];
