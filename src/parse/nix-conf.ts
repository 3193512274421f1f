/** Lines of a nix.conf (Nix, `src/libutil/configuration.cc`, parseConfigFiles). */

export type NixConfLine =
  | { readonly kind: 'set'; readonly name: string; readonly value: string }
  /** `include` and `!include`; as written, relative to the file. */
  | { readonly kind: 'include'; readonly path: string };

/** What it cannot read it leaves out, as lines of a later Nix may have any form. */
export function parseNixConf(text: string): readonly NixConfLine[] {
  return text.split('\n').flatMap((line): NixConfLine | readonly [] => {
    const [name, second, ...rest] = line
      .replace(/#.*/, '')
      .trim()
      .split(/[ \t\r]+/);
    if (name === undefined || second === undefined) return [];
    if (name === 'include' || name === '!include') return { kind: 'include', path: second };
    return second === '=' ? { kind: 'set', name, value: rest.join(' ') } : [];
  });
}
