/** A way out: a key here, a command, a snippet of configuration. Made in format/remedies.ts from what was found. */

export type Remedy = {
  /** What it does, and when it helps: one sentence without a full stop. */
  readonly title: string;
  /** What may be lost by it; null: nothing. */
  readonly risk: string | null;
} /** Id of a row of the command table; `verb`: the command that does it, where it has another name. */ & (
  | { readonly kind: 'key'; readonly command: string; readonly verb?: 'resume' | 'guard hold' }
  | { readonly kind: 'command'; readonly command: string; readonly root: boolean }
  /** Lines of a NixOS configuration. */
  | { readonly kind: 'nix'; readonly lines: readonly string[] }
  /** Something a person does: free a disk, ask an administrator. */
  | { readonly kind: 'advice' }
);
