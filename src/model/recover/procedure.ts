/** The emergency procedures by name, in the order in which they are listed (docs/recover.md). */
export const procedureIds = ['space', 'daemon', 'store', 'caches', 'rollback', 'minimal-config'] as const;
export type ProcedureId = (typeof procedureIds)[number];

export function isProcedureId(word: unknown): word is ProcedureId {
  return procedureIds.some((id) => id === word);
}
