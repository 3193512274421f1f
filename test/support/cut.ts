/** What a parser says of a text that was cut: nothing, or what the whole text says. Never something else. */
import { expect } from 'vitest';

/** Null, a Problem, fewer entries: fine. Another number or name: not. */
function agrees(cut: unknown, whole: unknown): boolean {
  if (cut === null || cut === false || cut === whole) return true;
  if (cut instanceof Map && whole instanceof Map)
    return [...cut].every(([key, value]) => agrees(value, whole.get(key)));
  if (typeof cut !== 'object' || typeof whole !== 'object' || whole === null) return false;
  if ('ok' in cut && cut.ok === false) return true;
  return Object.entries(cut).every(([key, value]) => agrees(value, (whole as Record<string, unknown>)[key]));
}

/** Cuts after every byte, as a short read would. */
export function expectHonestCuts(text: string | Buffer, parse: (text: string) => unknown): void {
  const bytes = Buffer.from(text as string);
  const whole = parse(bytes.toString());
  for (let length = 0; length < bytes.length; length += 1) {
    const cut = parse(bytes.subarray(0, length).toString());
    expect(agrees(cut, whole), `cut after ${length} bytes: ${JSON.stringify(cut)}`).toBe(true);
  }
}

/** What no file of the kernel says. */
export const garbage: readonly string[] = [
  '',
  '\n',
  '\0',
  ' ',
  ')',
  '(',
  ') (',
  '0 () ',
  'x'.repeat(100_000),
  '\uFFFD\u{1d52b}',
  '-1 (a) S -1 -1',
  'Uid:\tx\ty\tz\n',
  '= = =\0=\0',
  '1: FLOCK',
  '::::',
  ` ${'9'.repeat(400)} `,
];
