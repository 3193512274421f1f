/**
 * Tones name what a piece of text means; a paint turns a tone into a terminal's or tmux's markup.
 * ANSI's 8 colours, bold, dim and reverse only. A tone never says what the words do not say.
 */

import { lookParameters, type Tone, type ToneLooks, tones, usualLooks } from '../model/ui/tones.ts';

export type { Tone, ToneLooks } from '../model/ui/tones.ts';

export interface Paint {
  (tone: Tone, text: string): string;
  /** What others wrote may have its colours; without it none are wanted. */
  readonly colors?: boolean;
  /** And be faint. */
  readonly faint?: boolean;
}

export interface ColorOptions {
  /** TERM=linux. */
  readonly console?: boolean;
  /** Of the settings; without them the usual ones. */
  readonly looks?: ToneLooks | undefined;
}

/**
 * The kernel's text console shows faint as a dark colour: on VGA, with a font of 512 glyphs, as black on black, for the
 * bit of the bright colours selects the other half of the font.
 */
export function colorPaint({ console = false, looks = usualLooks }: ColorOptions): Paint {
  const parameters = Object.fromEntries(
    tones.map((tone) => [tone, lookParameters(looks[tone], console ? 'faint' : undefined)]),
  );
  const paint = (tone: Tone, text: string) => {
    const sgr = parameters[tone];
    return text === '' || !sgr ? text : `\u001b[${sgr}m${text}\u001b[0m`;
  };
  return Object.assign(paint, { colors: true, faint: !console });
}

export const ansiPaint: Paint = colorPaint({});

/** Without colour (NO_COLOR, --color=never) only reverse is left: where the cursor is, and the keys' labels. */
export const plainPaint: Paint = (tone, text) =>
  text !== '' && (tone === 'selection' || tone === 'key' || tone === 'alarm')
    ? `\u001b[7m${text}\u001b[0m`
    : text;

/** For files and pipes: no markup at all. */
export const noPaint: Paint = (_tone, text) => text;

const tmuxStyles: Partial<Record<Tone, string>> = {
  danger: 'fg=red,bold',
  alarm: 'fg=red,bold,reverse',
  warning: 'fg=yellow',
  ok: 'fg=green',
  muted: 'dim',
  title: 'bold',
  accent: 'fg=cyan',
};

/** tmux(1) STYLES; a `#` in the text is doubled so that it cannot start a format. */
export const tmuxPaint: Paint = (tone, text) => {
  const style = tmuxStyles[tone];
  return style === undefined || text === '' ? tmuxText(text) : `#[${style}]${tmuxText(text)}#[default]`;
};

export function tmuxText(text: string): string {
  return text.replaceAll('#', '##');
}
