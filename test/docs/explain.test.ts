/** docs/explain.md: every message that is known, by who says it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { knownMessages } from '../../src/explain/messages.ts';
import type { KnownMessage, Speaker } from '../../src/model/advice/known-message.ts';

const file = new URL('../../docs/explain.md', import.meta.url);
const text = () => readFileSync(file, 'utf8');

const speakers: Readonly<Record<Speaker, string>> = {
  nix: 'Nix',
  git: 'git',
  'nixos-rebuild': 'nixos-rebuild',
  activation: 'switch-to-configuration and activation',
  bootloader: 'boot loaders',
  'home-manager': 'home-manager',
  'darwin-rebuild': 'darwin-rebuild',
  'nixos-anywhere': 'nixos-anywhere',
  disko: 'disko and partitioning',
  colmena: 'colmena',
  'deploy-rs': 'deploy-rs',
  ssh: 'ssh',
  zfs: 'ZFS',
  cryptsetup: 'cryptsetup and unlocking',
  kernel: 'the kernel',
  systemd: 'systemd',
  builder: 'programs inside builds',
  system: 'any program',
};

/** `{path}` in italics; a cell of a table has no bar and no tag. */
function cell(words: string): string {
  return words
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replace(/\{([a-z][a-zA-Z]*)\}/g, '*$1*');
}

function row({ id, rank, title, causes }: KnownMessage): string {
  const texts = causes.map((cause) => cell(cause.text)).join('; or ');
  return `| \`${id}\` | ${rank === 'cause' ? '' : `${rank}: `}${cell(title)} | ${texts} |`;
}

function messages(): string {
  return Object.entries(speakers)
    .flatMap(([speaker, title]) => {
      const said = knownMessages.filter(({ from }) => from === speaker);
      if (said.length === 0) return [];
      return [
        ['', `### ${title}`, '', '| id | what it says | what it may come from |', '| --- | --- | --- |']
          .concat(said.map(row))
          .join('\n'),
      ];
    })
    .join('\n')
    .trim();
}

function current(document: string): string {
  return document.replace(
    /(<!-- messages: generated -->\n)[\s\S]*?(<!-- end -->)/,
    (_, begin: string, end: string) => `${begin}\n${messages()}\n\n${end}`,
  );
}

describe('docs/explain.md', () => {
  it('has the messages as they are (UPDATE_GOLDEN=1 writes them)', () => {
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, current(text()));
    expect(text()).toBe(current(text()));
  });

  it('has every message', () => {
    for (const { id } of knownMessages) expect(text(), id).toContain(`| \`${id}\` |`);
  });
});
