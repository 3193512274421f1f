/** What a garbage collection says. */
import type { NixEvent } from './internal-json.ts';

export type GarbageNote =
  | { readonly kind: 'deleting'; readonly path: string }
  /** An old generation or a step worth telling. */
  | { readonly kind: 'step'; readonly text: string }
  | { readonly kind: 'freed'; readonly paths: number; readonly bytes: number | null }
  | { readonly kind: 'complaint'; readonly text: string };

const units: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

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
  const freed = /^(\d+) store paths? deleted, (-?[\d.]+) (\w+) freed/.exec(text);
  if (freed !== null) {
    const unit = units[freed[3] ?? ''];
    const bytes = unit === undefined ? null : Math.max(0, Math.round(Number(freed[2]) * unit));
    return { kind: 'freed', paths: Number(freed[1]), bytes };
  }
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
