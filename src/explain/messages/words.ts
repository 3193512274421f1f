/** Patterns of messages that programs put together from fixed words and facts. */

const kinds: Readonly<Record<string, string>> = {
  number: String.raw`\d+`,
  word: String.raw`\S+`,
  line: '[^\\n]+',
};

/**
 * Words as a program says them to a pattern: `error: path '<path>' is not valid`. A quotation mark stands for each kind of
 * them, since versions differ in that; `<name>` is a fact within a line, `<name:number>`, `<name:word>` and `<name:line>`
 * (to its end) are as they say.
 */
export function words(text: string): RegExp {
  const source = text.split(/<(\w+(?::\w+)?)>/).map((part, at) => {
    if (at % 2 === 0) return part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replace(/'/g, '[\'"‘’`]');
    const [name = '', kind = ''] = part.split(':');
    return `(?<${name}>${kinds[kind] ?? '[^\\n]+?'})`;
  });
  return new RegExp(source.join(''));
}
