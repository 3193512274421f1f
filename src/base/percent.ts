/** Part of an address with its percent signs decoded; as it stands where they are none, as curl takes it. */

export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
