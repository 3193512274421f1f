/** Our Markdown as sentences: what a reader is told, without headings, tables of links and commands. */

export interface Sentence {
  /** Where its paragraph begins, from 1. */
  readonly line: number;
  readonly text: string;
}

/** As it is read: without emphasis and targets of links, in one line. */
export function plain(markdown: string): string {
  return markdown
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\*+/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** The text of a picture and the comment behind a command are sentences, too. */
export function sentencesOf(markdown: string): readonly Sentence[] {
  const sentences: Sentence[] = [];
  let paragraph: string[] = [];
  let first = 1;
  let inCode = false;
  const end = () => {
    const text = plain(paragraph.join(' '));
    // A full stop ends a sentence where the next one has a capital, code, or our name at its begin.
    const parts = text.split(/(?<=[.!?]['")]*) (?=[\p{Lu}`–(]|nixpulse )/u);
    for (const part of parts) if (part !== '') sentences.push({ line: first, text: part });
    paragraph = [];
  };
  for (const [index, line] of markdown.split('\n').entries()) {
    const begin = (text: string) => {
      end();
      first = index + 1;
      paragraph = [text];
    };
    if (line.startsWith('```')) {
      end();
      inCode = !inCode;
    } else if (inCode) {
      const comment = / # (.*)$/.exec(line)?.[1];
      if (comment !== undefined) begin(comment);
    } else if (/^(?:#|\||\s*$)/.test(line)) end();
    else if (/^- /.test(line)) begin(line.slice(2));
    else if (paragraph.length === 0) begin(line);
    else paragraph.push(line);
  }
  end();
  return sentences;
}

/** What of a sentence is in none of the excerpts; words that only join two of them are nothing. */
export function uncovered(sentence: string, excerpts: readonly string[]): string {
  const covered = new Array<boolean>(sentence.length).fill(false);
  for (const excerpt of excerpts) {
    for (let at = sentence.indexOf(excerpt); at !== -1; at = sentence.indexOf(excerpt, at + 1)) {
      covered.fill(true, at, at + excerpt.length);
    }
  }
  const rest = [...sentence.split('').keys()].map((at) => (covered[at] ? '\n' : sentence[at])).join('');
  return rest
    .split(/\n+/)
    .map((part) => part.trim())
    .filter((part) => /[\p{L}\d]/u.test(part.replace(/\b(?:and|or|but|then)\b/gi, '')))
    .join(' … ');
}
