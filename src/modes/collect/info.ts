/** The lines of `nix-info -m`, which the templates of Nix and Nixpkgs ask for, of what was gathered: nothing is built. */
import { isFields, parseJsonObject } from '../../base/fields.ts';
import { parsePrettyName } from '../../parse/host-facts.ts';

/** Names in the archive of what it is made of. */
export const infoFiles = [
  'etc/os-release',
  'proc/version',
  'run/current-system/nixos-version',
  'programs/nix-version.txt',
  'programs/nix-config.json',
  'programs/nix-store-info.txt',
  'nix/channels.txt',
  'environment.txt',
] as const;

export function infoLines(texts: ReadonlyMap<string, string>): readonly (readonly [string, string | null])[] {
  const text = (name: (typeof infoFiles)[number]) => texts.get(name) ?? '';
  const config = parseJsonObject(text('programs/nix-config.json'));
  const setting = (name: string) => {
    const row = config?.[name];
    const value = isFields(row) ? row['value'] : undefined;
    return value === undefined || value === null ? null : String(value);
  };
  const [, ofJson, ofText] =
    /"url":\s*"([^"]+)"|^Store URL: (\S+)/m.exec(text('programs/nix-store-info.txt')) ?? [];
  const store = ofJson ?? ofText;
  const kernel = /^(\S+) version (\S+)/.exec(text('proc/version'));
  const system = text('run/current-system/nixos-version').trim();
  const host = [
    kernel === null ? null : `${kernel[1]} ${kernel[2]}`,
    parsePrettyName(text('etc/os-release')),
    system === '' ? null : system,
  ].filter((one) => one !== null);
  const sandbox = setting('sandbox');
  const path = /^NIX_PATH=.*?nixpkgs=([^:\s]+)/m.exec(text('environment.txt'))?.[1];
  return [
    ['system', setting('system')],
    ['host os', host.length === 0 ? null : host.join(', ')],
    ['multi-user?', store === undefined ? null : store === 'daemon' ? 'yes' : `no, ${store}`],
    ['sandbox', sandbox === null ? null : sandbox === 'true' ? 'yes' : sandbox === 'false' ? 'no' : sandbox],
    ['version', lineOf(text('programs/nix-version.txt'))],
    ['channels', text('nix/channels.txt').trim().replaceAll('\n', ', ') || null],
    ['nixpkgs', path ?? null],
  ];
}

/** After the command that it is of. */
function lineOf(text: string): string | null {
  return text.split('\n').find((line) => line !== '' && !line.startsWith('$ ')) ?? null;
}
