/** What a garbage collection says. */
import { bytesOfText } from './byte-text.ts';
import type { NixEvent } from './internal-json.ts';

export type GarbageNote =
  | { readonly kind: 'deleting'; readonly path: string }
  /** An old generation or a step worth telling. */
  | { readonly kind: 'step'; readonly text: string }
  | { readonly kind: 'freed'; readonly paths: number; readonly bytes: number | null }
  | { readonly kind: 'complaint'; readonly text: string };

/**
 * `finding garbage collector roots...`, `deleting garbage...`, `removing old generations of profile P`,
 * `removing profile version 12`, `deleting '/nix/store/…'`, `deleting unused links...`, and at the end
 * on stdout `8 store paths deleted, 12.50 MiB freed` (newer: `4.5 GiB freed`).
 */
export function garbageNote(event: NixEvent): GarbageNote | null {
  if (event.kind !== 'msg' && event.kind !== 'plain') return null;
  const text = event.text.trim();
  const level = event.kind === 'msg' ? event.level : null;
  const path = /^deleting '(\/[^']+)'/.exec(text)?.[1];
  if (path !== undefined) return { kind: 'deleting', path };
  const freed = /^(\d+) store paths? deleted, (-?[\d.]+ \w+) freed/.exec(text);
  if (freed !== null) return { kind: 'freed', paths: Number(freed[1]), bytes: bytesOfText(freed[2] ?? '') };
  if (
    /^(?:finding garbage collector roots|deleting (?:garbage|unused links)|waiting for the big garbage)/.test(
      text,
    )
  )
    return { kind: 'step', text: text.replace(/\.\.\.$/, '') };
  if (/^removing (?:old generations of profile|profile version|generation) /.test(text))
    return { kind: 'step', text };
  if (level === 0 || level === 1 || (level === null && /^(?:error|warning): /.test(text)))
    return { kind: 'complaint', text: text.split('\n')[0]?.replace(/^(?:error|warning): /, '') ?? '' };
  return null;
}
