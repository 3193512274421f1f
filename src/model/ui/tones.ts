/** Tones: what a piece of text means. And how each looks, in words of ANSI's 8 colours: `bold red`. */

export const tones = [
  'danger',
  'warning',
  'ok',
  'muted',
  'title',
  'accent',
  'key',
  'selection',
  'alarm',
] as const;

export type Tone = (typeof tones)[number];

/** By tone: words of `lookCodes`, or `plain`. */
export type ToneLooks = Readonly<Record<Tone, string>>;

export const usualLooks: ToneLooks = {
  danger: 'bold red',
  warning: 'yellow',
  ok: 'green',
  muted: 'faint',
  title: 'bold',
  accent: 'cyan',
  key: 'reverse',
  selection: 'reverse',
  alarm: 'bold reverse red',
};

/** What a tone is for. */
export const toneHelp: Readonly<Record<Tone, string>> = {
  danger: 'What is critical, failed or stalled.',
  warning: 'What is short, late or slow.',
  ok: 'What is well.',
  muted: 'What is beside the point; never faint on a text console, whose VGA shows that as black on black.',
  title: 'Headings, and titles of columns.',
  accent: 'What you chose (the column that sorts, a filter, a tag), and what was changed of a build.',
  key: 'Keys in the last row.',
  selection: 'The row under the cursor; it has a mark as well where this is without reverse.',
  alarm: 'What cannot wait.',
};

export const colorNames = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;
export const emphasisNames = ['bold', 'faint', 'underline', 'reverse'] as const;
/** Without any of them: as the terminal writes by itself. */
export const plainLook = 'plain';

/** Parameters of SGR (ECMA-48 8.3.117). */
const lookCodes: Readonly<Record<string, number>> = {
  ...{ bold: 1, faint: 2, underline: 4, reverse: 7 },
  ...Object.fromEntries(colorNames.map((name, at) => [name, 30 + at])),
};

/** Parameters of the sequence, '' for `plain`; null: it says no look. `without`: an emphasis that is left out. */
export function lookParameters(look: string, without?: (typeof emphasisNames)[number]): string | null {
  if (look === plainLook) return '';
  const words = look.trim().split(/\s+/);
  const colors = words.filter((word) => (colorNames as readonly string[]).includes(word));
  const twice = new Set(words).size < words.length;
  if (colors.length > 1 || twice || words.some((word) => !Object.hasOwn(lookCodes, word))) return null;
  const codes = words.filter((word) => word !== without).map((word) => lookCodes[word] ?? 0);
  return codes.toSorted((a, b) => a - b).join(';');
}
