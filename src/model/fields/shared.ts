/** Rows that several subjects share: what names a process, and the lock it waits for. */

import type { ProcessIdentity } from '../../base/identity.ts';
import type { LockWait } from '../model.ts';
import type { Field } from './field.ts';

export const identityFields: readonly Field<ProcessIdentity>[] = [
  {
    id: 'pid',
    json: 'pid',
    title: 'PID',
    unit: 'none',
    kind: 'fact',
    help: 'Process id.',
    read: (p) => p.pid,
  },
  {
    id: 'startTime',
    json: 'startTime',
    title: 'START',
    unit: 'ticks',
    kind: 'fact',
    help: 'Field 22 of /proc/<pid>/stat: with the pid it names the process for ever.',
    read: (p) => p.startTime,
  },
];

export const lockWaitFields: readonly Field<{ readonly waitsFor: LockWait | null }>[] = [
  {
    id: 'waitsFor.path',
    json: 'waitsFor.path',
    title: 'LOCK',
    unit: 'text',
    kind: 'fact',
    help: 'Lock file it waits for; null where the kernel does not tell us. `waitsFor` is null when it waits for none.',
    read: (c) => c.waitsFor?.path,
  },
  {
    id: 'waitsFor.holderPid',
    json: 'waitsFor.holderPid',
    title: 'HELD BY PID',
    unit: 'none',
    kind: 'fact',
    help: 'Process that holds the lock.',
    read: (c) => c.waitsFor?.holderPid,
  },
  {
    id: 'waitsFor.holder',
    json: 'waitsFor.holder',
    title: 'HELD BY',
    unit: 'text',
    kind: 'fact',
    help: "Who that is: a client's command or the name of a build.",
    read: (c) => c.waitsFor?.holder,
  },
];
