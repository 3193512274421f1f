/** Rows that several subjects share: what names a process, the lock it waits for, why a part has no value. */

import type { ProcessIdentity } from '../../base/identity.ts';
import type { Problem } from '../../base/problem.ts';
import type { LockWait } from '../model.ts';
import { type Field, number, text, ticks, within } from './field.ts';

export const identityFields: readonly Field<ProcessIdentity>[] = [
  number('pid', 'PID', 'Process id.'),
  ticks('startTime', 'START', 'Field 22 of /proc/<pid>/stat: with the pid it names the process for ever.'),
];

export const lockFields: readonly Field<LockWait>[] = [
  text(
    'path',
    'LOCK',
    'Lock file it waits for; null where the kernel does not tell us. `waitsFor` is null when it waits for none.',
  ),
  number('holderPid', 'HELD BY PID', 'Process that holds the lock.'),
  text('holder', 'HELD BY', "Who that is: a client's command or the name of a build."),
];

export const lockWaitFields = within(
  'waitsFor',
  (subject: { readonly waitsFor: LockWait | null }) => subject.waitsFor,
  lockFields,
);

const kinds = '`gone`, `denied`, `malformed`, `timeout`, `exhausted` or `unsupported`.';

export const problemFields = problemRows(kinds);

/** A part that failed carries `problem`; one that did not has none. */
export function problemFieldsOf(
  what: string,
  before = '',
): readonly Field<{ readonly problem: Problem | null }>[] {
  return within('problem', (subject) => subject.problem, problemRows(`Why ${what}: ${kinds}`, before));
}

function problemRows(why: string, before = ''): readonly Field<Problem>[] {
  return [
    text('kind', `${before}problem`, why),
    text('where', `${before}problem at`, 'The file or source that was read.'),
    text('cause', `${before}cause`, 'One clause more, where there is one.', (p) => p.cause ?? null),
  ];
}

export const measureHelp =
  '`rss`: sum of VmRSS. Where that is more than there can be, because forked copies share pages: `pss`, sum of Pss, or `cgroup`, memory.current.';
