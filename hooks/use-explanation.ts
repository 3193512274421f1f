/** Why something failed, explained. The table of known messages is large, and is loaded with the first question. */
import { useEffect, useMemo, useState } from 'react';
import type { FailedWords } from '../src/explain/explain-cause.ts';
import type { Explanation } from '../src/model/advice/explanation.ts';

type Explain = (root: FailedWords) => Explanation;

let loaded: Explain | null = null;

/** Once; what is drawn from then on has it at once. */
export async function loadExplanations(): Promise<Explain> {
  loaded ??= (await import('../src/explain/explain-cause.ts')).explainCause;
  return loaded;
}

/** Null: nothing to explain, not loaded yet, or it cannot be. */
export function useExplanation(root: FailedWords | null): Explanation | null {
  const [explain, setExplain] = useState<Explain | null>(() => loaded);
  const wanted = root !== null && explain === null;
  useEffect(() => {
    if (!wanted) return;
    let mounted = true;
    loadExplanations().then(
      (load) => {
        if (mounted) setExplain(() => load);
      },
      // Without memory or disk for it: what failed is shown without, and it is tried again with the next question.
      () => {},
    );
    return () => {
      mounted = false;
    };
  }, [wanted]);
  return useMemo(() => (root === null || explain === null ? null : explain(root)), [root, explain]);
}
