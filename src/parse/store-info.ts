/** What `nix store info` (before 2.19 `nix store ping`) says of a store that has answered. */

export interface StoreInfo {
  readonly version: string | null;
  /** Null: it does not tell (before 2.14, and ssh://). */
  readonly trusted: boolean | null;
}

/**
 * Of `--json`, 2.14: `{"trusted":true,"url":"ssh-ng://mac","version":"2.34.8"}`, 1 and 0 at first; else lines: `Store
 * URL: ssh-ng://mac`, `Version: 2.8.0`, `Trusted: 1`. Null where it says neither.
 */
export function parseStoreInfo(text: string): StoreInfo | null {
  const line = (name: string) => new RegExp(`^${name}: *(\\S+)$`, 'm').exec(text)?.[1];
  if (!text.trimStart().startsWith('{')) {
    if (line('Store URL') === undefined) return null;
    const trusted = line('Trusted');
    return { version: line('Version') ?? null, trusted: trusted === undefined ? null : trusted === '1' };
  }
  try {
    const { url, version, trusted } = JSON.parse(text) as Record<string, unknown>;
    if (typeof url !== 'string') return null;
    return {
      version: typeof version === 'string' ? version : null,
      trusted: trusted === undefined || trusted === null ? null : trusted === true || trusted === 1,
    };
  } catch {
    return null;
  }
}
