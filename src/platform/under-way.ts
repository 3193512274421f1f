/** Calls on the pool that have not come back: for the way out, which must not wait for them. */
import { ok, type Result } from '../base/problem.ts';
import { systemProblemOf } from './errno.ts';

export interface UnderWay {
  /** Gives what to call when it has come back. */
  begin(): () => void;
  /** A call with its result, or why there is none. */
  attempt<T>(where: string, work: () => Promise<T>): Promise<Result<T>>;
  readonly pending: number;
}

export function createUnderWay(): UnderWay {
  const begun = new Set<object>();
  function begin(): () => void {
    const call = {};
    begun.add(call);
    return () => begun.delete(call);
  }
  return {
    begin,
    async attempt(where, work) {
      const end = begin();
      try {
        return ok(await work());
      } catch (error) {
        return { ok: false, problem: systemProblemOf(error, where) };
      } finally {
        end();
      }
    },
    get pending() {
      return begun.size;
    },
  };
}
