/** Lines that look like the cause of what nobody has described yet. */
import type { PastedLine, Suspect } from '../model/advice/explanation.ts';

const most = 5;

/** What programs also say in passing: such a line is named only where no other one is. */
const weak = 1;

/** How much a line looks like a cause; 0: not at all. The first that fits counts. */
const signs: readonly (readonly [RegExp, number])[] = [
  [/^\s*(?:error|fatal|warning):?\s*$/i, 0],
  // What went on all the same, or only says again that a unit or a build did not.
  [/^\s*(?:error \(ignored\)|✔|(?:Active|Loaded|Process|Main PID): )|\(ignored\)\s*$/, 0],
  [/\b(?:no errors?|0 errors?|errors?: 0|without errors?|error(?:s)?=0)\b/i, 0],
  [/^\s*(?:fatal(?: error)?|panic|error(?:\[E\d+\])?)\s*:/i, 3],
  [/:\d+(?::\d+)?: (?:fatal )?error\b/i, 4],
  [/\b(?:segmentation fault|core dumped|assertion|traceback|exception|undefined reference|killed)\b/i, 3],
  [/\b(?:cannot|could not|unable to|not found|no such file|denied|refused|timed out|failed|failure)\b/i, 2],
  [/\b[A-Z][A-Za-z]*(?:Error|Exception)\b/, 3],
  [/\berror\b|^E: /i, 2],
  [
    /\b(?:bad|invalid|unexpected|undefined|unknown|missing|required|giving up|stop(?:ped)?|abort(?:ed|ing)?)\b/i,
    weak,
  ],
];

/** The likeliest first, of the same weight the earlier one: what comes later often follows from it. */
export function suspectsOf(lines: readonly PastedLine[]): readonly Suspect[] {
  const seen = new Set<string>();
  const found = lines.flatMap(({ at, text }) => {
    const weight = signs.find(([sign]) => sign.test(text))?.[1] ?? 0;
    const told = text.trim();
    if (weight === 0 || seen.has(told)) return [];
    seen.add(told);
    return [{ at, text: told, weight }];
  });
  const strongest = found.reduce((top, { weight }) => Math.max(top, weight), weak);
  return found
    .filter(({ weight }) => weight > weak || strongest === weak)
    .sort((a, b) => b.weight - a.weight || a.at - b.at)
    .slice(0, most)
    .map(({ at, text }) => ({ at, text }));
}
