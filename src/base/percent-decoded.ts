/** `%20` in an address: a space. */

/** As it stands where it is no such encoding (`%zz`): people write addresses. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
