/** Nix's own base 32: without e, o, t and u, and the last bits first (src/libutil/hash.cc, printHash32). */

const characters = '0123456789abcdfghijklmnpqrsvwxyz';

export function nixBase32(bytes: Uint8Array): string {
  const length = Math.ceil((bytes.length * 8) / 5);
  let text = '';
  for (let at = length - 1; at >= 0; at -= 1) {
    const bit = at * 5;
    const [byte, shift] = [Math.floor(bit / 8), bit % 8];
    const value = ((bytes[byte] ?? 0) >> shift) | ((bytes[byte + 1] ?? 0) << (8 - shift));
    text += characters[value & 31] ?? '';
  }
  return text;
}
