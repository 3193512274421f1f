/** Blocks of docs/guard.md that tests write. */
export const docsOfGuard = new URL('../../docs/guard.md', import.meta.url);

export function withBlock(text: string, name: string, block: string): string {
  const [before, rest] = text.split(`<!-- ${name}: generated -->\n`);
  if (before === undefined || rest === undefined) throw new Error(`no block ${name} in docs/guard.md`);
  const end = rest.indexOf('<!-- end -->');
  return `${before}<!-- ${name}: generated -->\n\n${block}\n\n${rest.slice(end)}`;
}
