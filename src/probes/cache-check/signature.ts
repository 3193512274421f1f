/** Whether what a cache says of a path is signed by a key that is trusted here: reckoned, not believed. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { SignatureState } from '../../model/cache-check/cache-check.ts';
import type { NarInfo } from '../../parse/cache-info.ts';
import { narFingerprint, parseSignature } from '../../parse/nar-signature.ts';

/** SubjectPublicKeyInfo of an Ed25519 key, RFC 8410: the key itself follows. */
const ed25519 = '302a300506032b6570032100';
const keyBytes = 32;
const signatureBytes = 64;

/** `trusted`: `trusted-public-keys` of nix.conf. One that is trusted and holds is enough, as for Nix. */
export function signatureOf(info: NarInfo, trusted: readonly string[]): SignatureState {
  if (info.contentAddressed) return 'not-needed';
  if (info.signatures.length === 0) return 'unsigned';
  const fingerprint = narFingerprint(info);
  const states = info.signatures.flatMap((text) =>
    trusted.flatMap((key) => stateOf(text, key, fingerprint) ?? []),
  );
  if (states.includes('good')) return 'good';
  if (states.includes('bad')) return 'bad';
  return states.includes('unknown-kind') ? 'unknown-kind' : 'untrusted';
}

/** Null: not by that key. */
function stateOf(text: string, trusted: string, fingerprint: string | null): SignatureState | null {
  const [signature, key] = [parseSignature(text), parseSignature(trusted)];
  if (signature.key !== key.key || key.bytes === null) return null;
  // Other algorithms (Determinate Nix has some) have longer keys.
  if (key.bytes.length !== keyBytes) return 'unknown-kind';
  if (fingerprint === null || signature.bytes?.length !== signatureBytes) return 'bad';
  return verify(null, Buffer.from(fingerprint), publicKey(key.bytes), signature.bytes) ? 'good' : 'bad';
}

function publicKey(bytes: Uint8Array): KeyObject {
  const key = Buffer.concat([Buffer.from(ed25519, 'hex'), bytes]);
  return createPublicKey({ key, format: 'der', type: 'spki' });
}
