/** Manual pages in the macros of man(7), which groff and mandoc read alike. Everything is text until it is escaped here. */

export interface PageHead {
  /** `nixpulse-watch`. */
  readonly name: string;
  readonly section: 1 | 5;
  /** One clause without a full stop: what whatis(1) shows. */
  readonly summary: string;
  readonly version: string;
  /** `2026-11-30`. */
  readonly date: string;
}

/** Source that fits a screen, as `mandoc -Tlint` asks for. */
const columns = 78;

export function manualPage(head: PageHead, sections: readonly string[]): string {
  const { name, section, summary, version, date } = head;
  const manual = section === 1 ? 'User Commands' : 'File Formats';
  return `${[
    `.TH ${name.toUpperCase()} ${section} "${date}" "nixpulse ${escaped(version)}" "${manual}"`,
    '.SH NAME',
    filled(`${escaped(name)} \\- ${inline(summary)}`),
    ...sections,
  ].join('\n')}\n`;
}

export function section(title: string, parts: readonly string[]): string {
  return [`.SH ${title.includes(' ') ? `"${title}"` : title}`, ...parts].join('\n');
}

export function subsection(title: string, parts: readonly string[]): string {
  return [`.SS "${bare(title)}"`, ...parts].join('\n');
}

/** Text with \`code\` in bold, filled by whoever shows it. The first paragraph of a section wants no break before it. */
export function paragraph(text: string): string {
  return filled(inline(text));
}

export function paragraphs(...texts: readonly string[]): readonly string[] {
  return texts.flatMap((text, index) => [...(index === 0 ? [] : ['.PP']), paragraph(text)]);
}

/** A term and what it is; `term` as `styled` or `bold` made it. */
export function entry(term: string, texts: readonly string[]): string {
  const [first = '', ...more] = texts;
  return ['.TP', guarded(term), paragraph(first), ...more.flatMap((text) => ['.IP', paragraph(text)])].join(
    '\n',
  );
}

/** Lines as they are. */
export function example(lines: readonly string[]): string {
  return ['.PP', '.RS 4', '.nf', ...lines.map((line) => guarded(escaped(line))), '.fi', '.RE'].join('\n');
}

export function bold(text: string): string {
  return `\\fB${escaped(text)}\\fR`;
}

/** As in a synopsis: \`NAMES\` in capitals stand for something, all else is typed. */
export function usage(text: string): string {
  return text
    .split(' ')
    .map((word) =>
      word.replace(
        /^(\[?<?)([^[\]<>]*?)(>?\]?(?:\.{3})?)$/,
        (_, open: string, typed: string, close: string) => {
          const shown = /^[A-Z][A-Z=,]*$/.test(typed) ? `\\fI${escaped(typed)}\\fR` : bold(typed);
          return `${escaped(open)}${typed === '' ? '' : shown}${escaped(close)}`;
        },
      ),
    )
    .join(' ');
}

/** `--interval SECONDS`. */
export function flagTerm(name: string, argument: string | null, optional: boolean): string {
  if (argument === null) return bold(name);
  const shown = `\\fI${escaped(argument)}\\fR`;
  return optional ? `${bold(name)}[=${shown}]` : `${bold(name)} ${shown}`;
}

/** \`code\` becomes bold. */
function inline(text: string): string {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 0 ? escaped(part) : bold(part)))
    .join('');
}

/** What roff would obey, and what a terminal without Unicode could not show (groff_char(7)). */
export function escaped(text: string): string {
  return bare(text).replaceAll('-', '\\-');
}

/** In the argument of a macro, where a hyphen is one. */
function bare(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('"', '\\(dq')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replace(
      /[^\0-\x7f]/gu,
      (one) => `\\[u${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
    );
}

/** Broken at spaces; no line begins with what is a macro there. */
function filled(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map(guarded).join('\n');
}

function guarded(line: string): string {
  return /^[.']/.test(line) ? `\\&${line}` : line;
}
