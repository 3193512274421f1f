/**
 * One path, looked at now. `nix-store --verify-path` and not `nix store verify`: before Nix 2.15 that
 * takes a `.drv` for the outputs it would build.
 */
import type { Finding } from '../model/nix-store/store-check.ts';
import { parseInternalJson } from '../parse/internal-json.ts';
import { createVerifyReader } from '../parse/verify-log.ts';
import { type Cancellable, runCancellable } from './cancellable.ts';
import type { LowPriority } from './low-priority.ts';

export type PathState =
  | { readonly state: 'sound' }
  /** The database does not know it: deleted, or never there. */
  | { readonly state: 'invalid' }
  | { readonly state: 'damaged'; readonly finding: Finding }
  | { readonly state: 'unknown'; readonly why: string };

export async function lookAtPath(path: string, context: Cancellable, low: LowPriority): Promise<PathState> {
  const reader = createVerifyReader();
  let finding: Finding | null = null;
  let invalid = false;
  let last: string | null = null;
  const end = await runCancellable(context, low(['nix-store', '--verify-path', path]), {
    onLine(line) {
      const note = reader.read(parseInternalJson(line));
      if (line.trim() !== '') last = line;
      if (note?.kind === 'deleted') invalid = true;
      if (note?.kind === 'found' && note.path === path)
        finding = { path, kind: note.finding, text: note.text };
    },
  });
  if (!end.ok) return { state: 'unknown', why: end.problem.cause ?? `nix-store: ${end.problem.kind}` };
  if (end.value.exitCode === 0) return { state: 'sound' };
  if (invalid) return { state: 'invalid' };
  if (finding !== null) return { state: 'damaged', finding };
  return { state: 'unknown', why: last ?? 'nix-store said nothing' };
}
