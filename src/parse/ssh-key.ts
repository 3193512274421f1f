/** Public keys as they stand in authorized_keys(5), in `*.pub` and in what `ssh-add -L` prints. */
import type { AuthorizedKey } from '../model/advice/wanted-system.ts';

const types =
  /(?:^|\s)((?:sk-)?(?:ssh-(?:ed25519|rsa|dss)|ecdsa-sha2-nistp(?:256|384|521))(?:@openssh\.com)?)\s+(\S+)\s*(.*)$/;
/** Of what has one length only: 4 + 11 + 4 + 32, RFC 8709. */
const ed25519Bytes = 51;

/** Options may stand before the type. What is no key has neither type nor blob, and counts as damaged. */
export function parseSshKey(line: string): AuthorizedKey {
  const [, type, blob, comment = ''] = types.exec(line.trim()) ?? [];
  if (type === undefined || blob === undefined)
    return { type: null, blob: null, comment: null, damaged: true };
  return { type, blob, comment: comment.trim() || null, damaged: isDamaged(type, blob) };
}

/** Lines without a key (comments, empty ones) are left out. */
export function parseSshKeys(text: string): readonly AuthorizedKey[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'))
    .map(parseSshKey);
}

/** RFC 4253, 6.6: a row of parts, each a length in four bytes and as many bytes; the first is the type. */
function isDamaged(type: string, blob: string): boolean {
  const bytes = bytesOf(blob);
  if (bytes === null) return true;
  let at = 0;
  let parts = 0;
  while (at + 4 <= bytes.length) {
    const length = bytes.slice(at, at + 4).reduce((sum, byte) => sum * 256 + byte, 0);
    if (at + 4 + length > bytes.length) return true;
    if (parts === 0 && String.fromCharCode(...bytes.slice(at + 4, at + 4 + Math.min(length, 64))) !== type)
      return true;
    parts += 1;
    at += 4 + length;
  }
  return at !== bytes.length || parts < 2 || (type === 'ssh-ed25519' && bytes.length !== ed25519Bytes);
}

function bytesOf(blob: string): number[] | null {
  if (blob.length > 1 << 16 || !/^[A-Za-z0-9+/]+={0,2}$/.test(blob) || blob.length % 4 !== 0) return null;
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const bytes: number[] = [];
  let bits = 0;
  let kept = 0;
  for (const digit of blob.replace(/=+$/, '')) {
    bits = ((bits << 6) | digits.indexOf(digit)) & 0xffff;
    kept += 6;
    if (kept < 8) continue;
    kept -= 8;
    bytes.push((bits >> kept) & 0xff);
  }
  return bytes;
}
