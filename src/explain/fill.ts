/** Facts put into the texts of a known message: `{path}`. */
import type { Facts } from '../model/advice/explanation.ts';
import type { Remedy } from '../model/diagnosis/remedy.ts';

/** What is not known is shown as what it is: `(path not told)`. */
export function fill(text: string, facts: Facts): string {
  return text.replace(/\{([a-z][a-zA-Z]*)\}/g, (_, name: string) => facts[name] ?? `(${name} not told)`);
}

export function fillRemedy(remedy: Remedy, facts: Facts): Remedy {
  const title = fill(remedy.title, facts);
  const risk = remedy.risk === null ? null : fill(remedy.risk, facts);
  switch (remedy.kind) {
    case 'command':
      return { ...remedy, title, risk, command: fill(remedy.command, facts) };
    case 'nix':
      return { ...remedy, title, risk, lines: remedy.lines.map((line) => fill(line, facts)) };
    default:
      return { ...remedy, title, risk };
  }
}
