/** Of a file that somebody names: whether json-log-path writes it, or it is what one command wrote to stderr. */
import type { StreamRaw } from '../model/rebuild/followed.ts';

const decoder = new TextDecoder();

/** `head`: its first bytes. Null: too little to say. */
export function writersByContent(head: Uint8Array): StreamRaw['writers'] | null {
  if (head.length === 0) return null;
  // A hole: somebody takes out what was read, as only followers of json-log-path do.
  if (head[0] === 0) return 'many';
  const text = decoder.decode(head);
  // The stderr of a command has `@nix ` before each document.
  if (/^\s*\{"action":/m.test(text)) return 'many';
  return text.includes('\n') || head.length > longestOfOneWord ? 'one' : null;
}

/** `{"action":` is shorter. */
const longestOfOneWord = 64;
