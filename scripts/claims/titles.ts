/** Titles of tests as they stand in a file, and as a run tells them: `%s`, `$name` and `${…}` are filled in then. */

const slots = /%[sdifjo#%]|\$\{[^}]*\}|\$[a-zA-Z_][\w.]*/g;
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** Source of a pattern for what a run calls it. */
export function ranAs(title: string): string {
  const filled = [...title.matchAll(slots)].map(([slot]) => (/%[di]/.test(slot) ? '-?[\\d.]+' : '.*'));
  return title.split(slots).reduce((all, part, at) => all + (filled[at - 1] ?? '') + escaped(part), '');
}

/** Whether the text of a file of tests has a test or a describe of this title, or a row of this name for one. */
export function hasTitle(source: string, title: string): boolean {
  const written = ["'", '"', '`'].map((quote) => {
    const inside = escaped(quote === "'" ? title.replaceAll("'", "\\'") : title);
    return `${quote}${inside}${quote}`;
  });
  const any = `(?:${written.join('|')})`;
  if (
    new RegExp(`\\b(?:describe|test|it)\\b[^'"\`\\n]*\\(\\s*${any}\\s*,|\\)\\(\\s*${any}\\s*,`).test(source)
  )
    return true;
  const isKey = /^\w+$/.test(title) ? `|\\b(?:async )?${title}(?:\\(|:)` : '';
  return /\.(?:each|for)\b/.test(source) && new RegExp(`${any}\\s*[:,(]${isKey}`).test(source);
}

/** What would always keep tests of a file from running; what a machine lacks is told by a run. */
export function keptFromRunning(source: string): readonly string[] {
  return [...source.matchAll(/\b(?:describe|test|it)\.(?:skip|todo|only)\b/g)].map(([call]) => call);
}
