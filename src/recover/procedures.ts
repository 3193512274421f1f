/** Every procedure, in the order in which they are listed. */
import type { ProcedureId } from '../model/recover/procedure.ts';
import { cachesProcedure } from './caches.ts';
import { daemonProcedure } from './daemon.ts';
import { minimalConfigProcedure } from './minimal-config.ts';
import { rollbackProcedure } from './rollback.ts';
import { spaceProcedure } from './space.ts';
import type { Procedure } from './step.ts';
import { storeProcedure } from './store.ts';

export const procedures: readonly Procedure[] = [
  spaceProcedure,
  daemonProcedure,
  storeProcedure,
  cachesProcedure,
  rollbackProcedure,
  minimalConfigProcedure,
];

export function procedureOf(id: ProcedureId): Procedure | null {
  return procedures.find((one) => one.id === id) ?? null;
}
