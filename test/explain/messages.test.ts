import { describe, expect, test } from 'vitest';
import { explain } from '../../src/explain/explain.ts';
import { knownMessages } from '../../src/explain/messages.ts';
import type { ExplainedCause } from '../../src/model/advice/explanation.ts';
import type { KnownMessage } from '../../src/model/advice/known-message.ts';
import { pastedLines } from '../../src/parse/paste.ts';

const examples = knownMessages.flatMap((message) =>
  message.wordings.map((wording, at) => ({ name: `${message.id} ${at}`, message, wording })),
);
/** What others say is looked at in deploy-messages.test.ts. */
const ofNix = examples.filter(({ message }) => message.from === 'nix');
/** Its end alone is a message, too: a line that was cut in two is known by that. */
const knownByEnd = new Set(['store-read-only']);
const textsOf = ({ text, confirm, remedies }: ExplainedCause) => [
  text,
  ...(confirm === null ? [] : [confirm]),
  ...remedies.flatMap((remedy) => [
    remedy.title,
    ...(remedy.risk === null ? [] : [remedy.risk]),
    ...(remedy.kind === 'command' ? [remedy.command] : []),
    ...(remedy.kind === 'nix' ? remedy.lines : []),
  ]),
];
const sentencesOf = ({ causes, title }: KnownMessage) => [
  title,
  ...causes.flatMap(({ text, remedies }) => [
    text,
    ...remedies.flatMap(({ title: does, risk }) => (risk === null ? [does] : [does, risk])),
  ]),
];
const explained = (text: string) => explain(pastedLines(text)).explained;

describe('each example', () => {
  test.each(examples)('$name is told as its own message', ({ message, wording }) => {
    const [first] = explained(wording.example);
    expect(first?.id).toBe(message.id);
    expect(first?.versions).toEqual({ since: wording.since, until: wording.until });
  });

  test.each(examples)('$name fills all texts', ({ wording }) => {
    const [first] = explained(wording.example);
    const texts = [first?.title ?? '', ...(first?.causes ?? []).flatMap(textsOf)];
    for (const text of texts) expect(text).not.toMatch(/\{[a-z][a-zA-Z]*\}|not told\)/);
    expect(first?.causes).not.toHaveLength(0);
  });

  test.each(examples)(
    '$name is known in colours, in a quote, of a journal and cut',
    ({ message, wording }) => {
      const lines = wording.example.split('\n');
      const shown = {
        coloured: lines.map((line) => line.replace(/error:/, '\u001b[31;1merror:\u001b[0m')),
        quoted: lines.map((line) => `> ${line}`),
        journal: lines.map((line) => `Nov 20 03:28:01 host nix-daemon[812]: ${line}`),
        cut: lines.flatMap((line) => line.match(/.{1,80}/g) ?? ['']),
      };
      for (const [how, text] of Object.entries(shown)) {
        if (how === 'cut' && (message.from !== 'nix' || knownByEnd.has(message.id))) continue;
        expect([how, explained(text.join('\n'))[0]?.id]).toEqual([how, message.id]);
      }
    },
  );
});

describe('the table', () => {
  test('has each id once', () => {
    const ids = knownMessages.map(({ id }) => id);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
  });

  test('brings only what is in it', () => {
    const ids = new Set(knownMessages.map(({ id }) => id));
    const brought = knownMessages.flatMap(({ brings = [] }) => brings);
    expect(brought.filter((id) => !ids.has(id))).toEqual([]);
  });

  test('names a source for each wording', () => {
    for (const { wording } of examples) expect(wording.source).not.toBe('');
  });

  test('says sentences without a full stop', () => {
    const sentences = knownMessages.flatMap(sentencesOf);
    expect(sentences.filter((text) => /[.!]$/.test(text) || text !== text.trim())).toEqual([]);
  });

  test('has a way out of every cause', () => {
    const without = knownMessages.flatMap(({ id, causes }) =>
      causes.flatMap(({ text, remedies }) => (remedies.length === 0 ? [`${id}: ${text}`] : [])),
    );
    expect(without).toEqual([]);
  });

  test('confirms by commands that change nothing', () => {
    const confirms = ofNix.flatMap(({ message: { causes } }) =>
      causes.flatMap(({ confirm }) => confirm ?? []),
    );
    const changing =
      /(?:^|[|;&] *)(?:sudo )?(?:rm|mv|cp|dd|mkfs\S*|wipefs (?!-n|--no-act)|kill\S*|nix-collect-garbage|nixos-rebuild (?!dry|list)|nix-env (?!-q)|nix profile (?!list|history)|nix flake (?:update|lock)|nix (?:build(?! --keep-failed)|copy)(?!.*--dry-run)|systemctl (?:start|stop|restart|reload|enable|disable|mask|unmask|reset-failed)|mount (?!\|)|umount|swapoff|zpool (?:import (?=\S)|export|clear|destroy)|git (?:add|commit|checkout|reset))\b/;
    expect(confirms.filter((command) => changing.test(command))).toEqual([]);
    for (const command of confirms)
      expect(command.replace(/2?>\/dev\/null|2>&1/g, '')).not.toMatch(/(?<![<-])>/);
  });
});
