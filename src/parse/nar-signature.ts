/** What the signatures of a path are made over, and what they and their public keys consist of (src/libstore/path-info.cc). */
import { nixBase32 } from '../base/nix-base32.ts';
import type { NarInfo } from './cache-info.ts';

/**
 * `1;/nix/store/…-hello;sha256:<base 32>;<size>;/nix/store/…-glibc,/nix/store/…-hello`: full paths in their order. Null
 * where something of it is missing.
 */
export function narFingerprint({ storePath, narHash, narBytes, references }: NarInfo): string | null {
  const hash = narHash === null ? null : inBase32(narHash);
  if (hash === null || narBytes === null) return null;
  const store = storePath.slice(0, storePath.lastIndexOf('/'));
  const paths = references.map((name) => `${store}/${name}`).toSorted((a, b) => (a < b ? -1 : 1));
  return `1;${storePath};${hash};${narBytes};${paths.join(',')}`;
}

/** Of `sha256:` and base 32, or base 16; `sha256-` and base 64 (SRI). Null of what is none. */
function inBase32(hash: string): string | null {
  const [, digest = ''] = /^sha256[:-](.+)$/.exec(hash) ?? [];
  if (/^[0-9abcdfghijklmnpqrsvwxyz]{52}$/.test(digest)) return `sha256:${digest}`;
  const bytes = /^[0-9a-f]{64}$/i.test(digest) ? bytesOfHex(digest) : bytesOfBase64(digest);
  return bytes?.length === 32 ? `sha256:${nixBase32(bytes)}` : null;
}

export interface Signature {
  readonly key: string;
  /** Null: it is no base 64. */
  readonly bytes: Uint8Array | null;
}

/** `cache.nixos.org-1:6NCHdD59…=`, a signature as a public key. */
export function parseSignature(text: string): Signature {
  const at = text.indexOf(':');
  return {
    key: at < 0 ? text : text.slice(0, at),
    bytes: at < 0 ? null : bytesOfBase64(text.slice(at + 1).trim()),
  };
}

function bytesOfHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

function bytesOfBase64(text: string): Uint8Array | null {
  // atob() throws where there is a character too many.
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.replace(/=+$/, '').length % 4 === 1) return null;
  if (text.includes('=') && text.length % 4 !== 0) return null;
  return Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
}
