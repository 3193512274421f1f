/** The entries that are not Nix's own: each is recognised by the words that were really seen, and can be told whole. */
import { describe, expect, it } from 'vitest';
import { explain } from '../../src/explain/explain.ts';
import { knownMessages } from '../../src/explain/messages.ts';
import { pastedLines } from '../../src/parse/paste.ts';

const others = knownMessages.filter(({ from }) => from !== 'nix');
const examples = others.flatMap(({ id, wordings }) => wordings.map(({ example }) => ({ id, example })));

describe('messages of deployments, of the system and of builders', () => {
  it.each(examples)('$id: $example', ({ id, example }) => {
    const { explained } = explain(pastedLines(example));
    expect(explained.map((one) => one.id)).toEqual([id]);
    for (const { text, confirm, remedies } of explained[0]?.causes ?? []) {
      const told = [explained[0]?.title, text, confirm, JSON.stringify(remedies)].join('\n');
      expect(told).not.toMatch(/ not told\)|\{[a-z][a-zA-Z]*\}/);
    }
    expect(explained[0]?.causes.length, 'a cause that fits').toBeGreaterThan(0);
  });

  it('bring only what there is', () => {
    const ids = new Set(knownMessages.map(({ id }) => id));
    const unknown = others.flatMap(({ brings = [] }) => brings.filter((id) => !ids.has(id)));
    expect(unknown).toEqual([]);
  });

  it('are confirmed by what changes nothing', () => {
    const changes =
      /(?<![\w-])(?:rm|mv|cp|mkfs\S*|wipefs -a|umount|mount (?!\|)|swapoff|restart|start|stop|switch|load-key|unload-key|kill|dd|tee|sgdisk(?! --print))(?![\w-])/;
    const confirms = others.flatMap(({ causes }) => causes.flatMap(({ confirm }) => confirm ?? []));
    expect(confirms.filter((confirm) => changes.test(confirm))).toEqual([]);
  });
});

// Looked for beyond its line, each such line of a log would be read against all lines behind it.
it('an option in brackets that is not closed on its line is none', () => {
  const ids = (text: string) => explain(pastedLines(text)).explained.map(({ id }) => id);
  expect(ids("a.c:1:2: error: unused variable 'x' [-Werror=unused-variable]")).toContain(
    'warnings-as-errors',
  );
  const open = ids("a.c:1:2: error: unused variable 'x' [-Werror=unused-variable\nb ]");
  expect(open).not.toContain('warnings-as-errors');
});
