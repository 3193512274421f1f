/** `[check-cache]`: which caches are looked at, and what is fetched through them. */
import type { SettingRow, SettingValue } from '../model/settings/setting.ts';

export interface CheckCacheSettings {
  /** Null: the first that Nix asks, but for that of NixOS. */
  readonly cache: string | null;
  readonly upstream: readonly string[];
  readonly packages: readonly string[];
  /** Empty: there is none. */
  readonly large: string;
  readonly largeEvery: number;
  /** Empty: no proxy is on this machine. */
  readonly proxyDirectory: string;
  readonly withinSec: number;
}

/** As nix-build-cache-check has them. */
const usualPackages = ['hello', 'cowsay', 'figlet', 'fortune', 'lolcat', 'sl'];
const usualLargeEvery = 12;
const usualWithinSec = 600;

const anAddress = {
  expected: 'the address of a cache, like "http://cache.example"',
  pattern: /^[a-z0-9+.-]+:\/\/\S+$/i,
};

export const checkCacheRows: readonly SettingRow[] = [
  {
    key: 'check-cache.cache',
    type: { kind: 'text', ...anAddress },
    usual: '',
    help: 'The local cache: the one that is to have everything. None: the first that Nix asks, but for that of NixOS.',
  },
  {
    key: 'check-cache.upstream',
    type: { kind: 'words', example: '["http://cache.example/nixos"]', each: anAddress },
    usual: [],
    help: 'Caches that the local one stands before, by the address at which it gives them out. None: that of NixOS, where Nix asks it.',
  },
  {
    key: 'check-cache.packages',
    type: {
      kind: 'words',
      example: '["hello", "nixpkgs#cowsay"]',
      each: { expected: 'a package, like "hello"', pattern: /^[^-\s]\S*$/ },
    },
    usual: usualPackages,
    help: 'One of them is fetched and removed again, each quarter of an hour the next one that the store has not: `hello` of the flake nixpkgs, `FLAKE#hello`, `<nixpkgs>#hello` of a channel, or a path of the store.',
  },
  {
    key: 'check-cache.large',
    type: { kind: 'text', expected: 'a package, like "firefox"', pattern: /^[^-\s]\S*$/ },
    usual: '',
    help: 'A larger package, which is fetched once in a while: it tells the speed.',
  },
  {
    key: 'check-cache.large-every',
    type: { kind: 'amount', unit: 'none', bounds: { least: 2, most: 192, whole: true } },
    usual: usualLargeEvery,
    help: 'Of so many runs one fetches the larger package.',
  },
  {
    key: 'check-cache.proxy-directory',
    type: { kind: 'text', expected: 'a directory, like "/var/cache/nginx/nix"', pattern: /^\/.*$/ },
    usual: '',
    help: 'Where a proxy of this machine keeps what it has passed on: how much that is.',
  },
  {
    key: 'check-cache.within',
    type: { kind: 'amount', unit: 's', bounds: { least: 30, most: 3600 } },
    usual: usualWithinSec,
    help: 'All of it has so long; what was not done by then is not told.',
  },
];

/** By the name without its section. */
export function checkCacheSettingsOf(values: ReadonlyMap<string, SettingValue>): CheckCacheSettings {
  const of = <Value extends SettingValue>(name: string, usual: Value) => (values.get(name) ?? usual) as Value;
  return {
    cache: of('cache', '') || null,
    upstream: of<readonly string[]>('upstream', []),
    packages: of<readonly string[]>('packages', usualPackages),
    large: of('large', ''),
    largeEvery: of('large-every', usualLargeEvery),
    proxyDirectory: of('proxy-directory', ''),
    withinSec: of('within', usualWithinSec),
  };
}
