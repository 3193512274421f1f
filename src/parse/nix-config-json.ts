/** `nix show-config --json` (`nix config show` since 2.20): `{"cores": {"value": 0, …}, …}`. */

export type NixConfig = ReadonlyMap<string, unknown>;

/** Null of what is none. */
export function parseNixConfigJson(text: string): NixConfig | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return null;
  return new Map(
    Object.entries(parsed).flatMap(([name, row]) =>
      typeof row === 'object' && row !== null && 'value' in row ? [[name, row.value]] : [],
    ),
  );
}

/** Of a setting that is a list or a text of words; null: it has none. */
export function wordsOf(config: NixConfig, name: string): readonly string[] | null {
  const value = config.get(name);
  if (typeof value === 'string') return value.split(/\s+/).filter((word) => word !== '');
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : null;
}
