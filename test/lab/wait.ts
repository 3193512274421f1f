/** Waiting for a condition, with a deadline that says what was waited for. */

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

type Answer<T> = T | null | undefined | false;

/** Asks until there is an answer; fails with `what` and the last detail when the deadline has passed. */
export async function until<T>(
  what: string,
  ask: () => Answer<T> | Promise<Answer<T>>,
  options: { readonly deadlineMs?: number; readonly everyMs?: number; readonly detail?: () => string } = {},
): Promise<T> {
  const deadline = Date.now() + (options.deadlineMs ?? 30_000);
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}\n${options.detail?.() ?? ''}`);
    await pause(options.everyMs ?? 100);
  }
}
