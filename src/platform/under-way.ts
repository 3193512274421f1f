/** Calls on the pool that have not come back: for the way out, which must not wait for them. */
export interface UnderWay {
  /** Gives what to call when it has come back. */
  begin(): () => void;
  readonly pending: number;
}

export function createUnderWay(): UnderWay {
  const begun = new Set<object>();
  return {
    begin() {
      const call = {};
      begun.add(call);
      return () => begun.delete(call);
    },
    get pending() {
      return begun.size;
    },
  };
}
