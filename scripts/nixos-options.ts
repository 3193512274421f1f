/** `npm run nixos-options`: writes docs/nixos-options.md from the modules (nixos-options.nix). It takes `nix-instantiate`. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const optionsFile = fileURLToPath(new URL('../docs/nixos-options.md', import.meta.url));

/** Of Nix, as an expression or as a value that one is made of. */
type Shown = { readonly text: string } | { readonly value: unknown };
export interface Option {
  readonly name: string;
  readonly type: string;
  readonly description: string;
  /** Null: it has none, and must be set where it is used. */
  readonly default: Shown | null;
  readonly example: Shown | null;
}

export function readOptions(): readonly Option[] {
  const file = fileURLToPath(new URL('nixos-options.nix', import.meta.url));
  const words = ['--eval', '--strict', '--json', file];
  const { status, stdout, stderr, error } = spawnSync('nix-instantiate', words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`nix-instantiate: ${error?.message ?? stderr}`);
  const options: Option[] = JSON.parse(stdout);
  return options.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

export function optionsPage(options: readonly Option[]): string {
  return [
    '# Options of the NixOS modules',
    '',
    'Made by `npm run nixos-options` from [dist/nixos/module.nix](../dist/nixos/module.nix), and from',
    '[nix-build-cache-check.nix](../dist/nixos/nix-build-cache-check.nix) beside it, which is imported on its own. How they go',
    'together: [dist/nixos](../dist/nixos/README.md).',
    '',
    ...options.flatMap((option) => [`## ${option.name}`, '', ...section(option)]),
  ].join('\n');
}

function section({ type, description, default: usual, example }: Option): readonly string[] {
  return [
    description.trim(),
    '',
    `Type: ${type}.`,
    '',
    ...(usual === null ? [] : shown('Default', usual)),
    ...(example === null ? [] : shown('Example', example)),
  ];
}

function shown(title: string, what: Shown): readonly string[] {
  const text = ('text' in what ? what.text : nix(what.value)).trim();
  return text.includes('\n') ? [`${title}:`, '', '```nix', text, '```', ''] : [`${title}: \`${text}\``, ''];
}

/** A value in the words of Nix. */
function nix(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '[ ]' : `[ ${value.map(nix).join(' ')} ]`;
  if (typeof value === 'object' && value !== null) {
    const rows = Object.entries(value).map(([key, one]) => `${key} = ${nix(one)};`);
    return rows.length === 0 ? '{ }' : `{ ${rows.join(' ')} }`;
  }
  return JSON.stringify(value);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(optionsFile, optionsPage(readOptions()));
