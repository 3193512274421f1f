/** A text as people paste it to lines as a program said them. */
import { withoutCommands } from '../base/text.ts';
import type { PastedLine } from '../model/advice/explanation.ts';

/** What stands in front of a line and is not of it, in turn: quotes, boxes, stamps of a journal or of a CI. */
const prefixes: readonly RegExp[] = [
  /^\s*(?:> ?)+/,
  /^\s*[│┃|] ?/,
  // journalctl: `Nov 20 03:28:01 host nix-daemon[812]: `.
  /^[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \S+ [\w.@-]+(?:\[\d+\])?: /,
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:Z|[+-]\d{2}:?\d{2}) /,
  /^\[?\d{2}:\d{2}:\d{2}(?:[.,]\d+)?\]? /,
];

export function pastedLines(text: string): readonly PastedLine[] {
  return text.split(/\r?\n/).flatMap((raw, index) => {
    const line = withoutPrefixes(withoutCommands(raw.slice(raw.lastIndexOf('\r') + 1)));
    return /^\s*```/.test(line) ? [] : [{ at: index + 1, text: line }];
  });
}

function withoutPrefixes(line: string): string {
  return prefixes.reduce((rest, prefix) => rest.replace(prefix, ''), line);
}
