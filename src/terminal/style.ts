/** SGR attributes of a cell (ECMA-48 8.3.117), interned: the same look is the same object. */

export interface Style {
  /** One bit per attribute code 1 to 9. */
  readonly bits: number;
  /** Colour parameters, `31` or `38;5;208`; '' = the terminal's own. */
  readonly foreground: string;
  readonly background: string;
}

const known = new Map<string, Style>();

function intern(bits: number, foreground: string, background: string): Style {
  const key = `${bits}/${foreground}/${background}`;
  let style = known.get(key);
  if (style === undefined) {
    style = { bits, foreground, background };
    known.set(key, style);
  }
  return style;
}

export const plain = intern(0, '', '');

/** Bold 1, dim 2 and italic 3 do not show on a blank; underline, reverse and the like do. */
const visibleOnBlank = ~((1 << 1) | (1 << 2) | (1 << 3));

/** The style of a blank: what cannot be seen there is dropped, so that more cells are equal. */
export function blankStyle(style: Style): Style {
  let blank = blanks.get(style);
  if (blank === undefined) {
    const bits = style.bits & visibleOnBlank;
    blank = intern(bits, bits === 0 ? '' : style.foreground, style.background);
    blanks.set(style, blank);
  }
  return blank;
}
const blanks = new Map<Style, Style>();

/** The style after `ESC [ parameters m`. */
export function applySgr(style: Style, parameters: string): Style {
  let { bits, foreground, background } = style;
  const codes = parameters.split(';');
  for (let at = 0; at < codes.length; at += 1) {
    const code = Number(codes[at]);
    if (code === 0) {
      bits = 0;
      foreground = '';
      background = '';
    } else if (code <= 9) {
      bits |= 1 << code;
    } else if (code === 22) {
      bits &= ~((1 << 1) | (1 << 2));
    } else if (code >= 23 && code <= 29) {
      bits &= ~(1 << (code - 20));
    } else if (code === 38 || code === 48) {
      const length = codes[at + 1] === '5' ? 3 : 5;
      const color = codes.slice(at, at + length).join(';');
      if (code === 38) foreground = color;
      else background = color;
      at += length - 1;
    } else if (code === 39) {
      foreground = '';
    } else if (code === 49) {
      background = '';
    } else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) {
      foreground = String(code);
    } else if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) {
      background = String(code);
    }
  }
  return intern(bits, foreground, background);
}

/** The shortest sequence that changes one style to another. */
export function sgrBetween(from: Style, to: Style): string {
  if (from === to) return '';
  if (to === plain) return '\x1b[m';
  const all = attributes(to.bits);
  if (to.foreground !== '') all.push(to.foreground);
  if (to.background !== '') all.push(to.background);
  if (from === plain) return `\x1b[${all.join(';')}m`;
  const whole = `\x1b[0;${all.join(';')}m`;
  if ((from.bits & ~to.bits) !== 0) return whole;
  const added = attributes(to.bits & ~from.bits);
  if (from.foreground !== to.foreground) added.push(to.foreground || '39');
  if (from.background !== to.background) added.push(to.background || '49');
  const change = `\x1b[${added.join(';')}m`;
  return change.length <= whole.length ? change : whole;
}

function attributes(bits: number): string[] {
  const codes: string[] = [];
  for (let code = 1; code <= 9; code += 1) if ((bits & (1 << code)) !== 0) codes.push(String(code));
  return codes;
}
