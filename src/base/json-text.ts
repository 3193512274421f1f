/** A document of ours as JSON that a terminal shows and does not obey. */

/** C1 controls, and marks that turn or hide text: JSON.stringify leaves them as they are. */
const unsafe = /[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;
const escaped = (text: string) =>
  text.replace(unsafe, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Indented, without a newline at its end. */
export function jsonDocument(value: unknown): string {
  return escaped(JSON.stringify(value, null, 2));
}

/** One line, without a newline at its end. */
export function jsonLine(value: unknown): string {
  return escaped(JSON.stringify(value));
}
