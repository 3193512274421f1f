/** Looks at what may go wrong, with its progress on stderr, until it is done or Ctrl-C ends it. */
import { type CheckTextOptions, formatCheck } from '../../format/check-text.ts';
import { colorPaint, noPaint } from '../../format/paint.ts';
import type { CheckItem } from '../../model/advice/check.ts';
import type { ProbeContext } from '../../probes/probe.ts';
import { stateDirectory } from '../environment.ts';
import type { Given } from '../mode.ts';
import type { VerbIo } from '../verb/verb-io.ts';

/** Null: interrupted. */
export async function lookAt(
  given: Given,
  io: Pick<VerbIo, 'draw' | 'onInterrupt'>,
  look: (context: ProbeContext) => Promise<readonly CheckItem[]>,
): Promise<readonly CheckItem[] | null> {
  const cancel = new AbortController();
  const release = io.onInterrupt(() => cancel.abort());
  try {
    const items = await look({
      ports: given.ports,
      cancelled: cancel.signal,
      stateDirectory: stateDirectory(given.environment),
      progress: (text) => io.draw?.(text),
    });
    return cancel.signal.aborted ? null : items;
  } finally {
    release();
    io.draw?.('');
  }
}

export function checkText(
  items: readonly CheckItem[],
  { look }: Pick<Given, 'look'>,
  options: Pick<CheckTextOptions, 'command' | 'about' | 'leftOut'> & { readonly columns: number | undefined },
): string {
  const style = { unicode: look.unicode, color: look.color ? colorPaint(look) : noPaint };
  return formatCheck(items, { ...options, ...style, columns: options.columns ?? 100 });
}

export function hasFailed(items: readonly CheckItem[]): boolean {
  return items.some(({ state }) => state === 'failed');
}
