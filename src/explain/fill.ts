/** Facts put into the texts of a known message: `{path}`. */
import type { Facts } from '../model/advice/explanation.ts';
import type { Remedy } from '../model/diagnosis/remedy.ts';

/** What is not known is shown as what it is: `(path not told)`. */
export function fill(text: string, facts: Facts): string {
  return text.replace(/\{([a-z][a-zA-Z]*)\}/g, (_, name: string) => facts[name] ?? `(${name} not told)`);
}

/** What has no meaning to a shell and none within a string of Nix, and is no option. */
const plain = /^(?!-)[\w@%+=:,./~#^?-]+$/;

/**
 * For what people copy into a shell or a configuration. A text that was pasted may come from anybody: what could be more
 * than a name there (`x; rm -rf ~`), or is not known, is a word in capitals to be filled in, as in the table's own.
 */
export function fillCommand(text: string, facts: Facts): string {
  return text.replace(/\{([a-z][a-zA-Z]*)\}/g, (_, name: string) => {
    const fact = facts[name];
    return fact !== undefined && plain.test(fact) ? fact : name.toUpperCase();
  });
}

export function fillRemedy(remedy: Remedy, facts: Facts): Remedy {
  const title = fill(remedy.title, facts);
  const risk = remedy.risk === null ? null : fill(remedy.risk, facts);
  switch (remedy.kind) {
    case 'command':
      return { ...remedy, title, risk, command: fillCommand(remedy.command, facts) };
    case 'nix':
      return { ...remedy, title, risk, lines: remedy.lines.map((line) => fillCommand(line, facts)) };
    default:
      return { ...remedy, title, risk };
  }
}
