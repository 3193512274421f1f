/** Generations of a NixOS machine as the view gets them: every mark, every kind of soundness. */

import { ok } from '../../src/base/problem.ts';
import { compareClosures } from '../../src/model/nix-store/compare-closures.ts';
import type {
  ComparisonState,
  Generation,
  GenerationComparison,
  GenerationList,
  GenerationsState,
} from '../../src/model/nix-store/generations.ts';

const hashes = '0123456789abcdfghijklmnpqrsvwxyz';
/** A store path whose hash is `seed` again and again. */
export function storePathOf(name: string, seed = 0): string {
  return `/nix/store/${(hashes[seed % hashes.length] ?? '0').repeat(32)}-${name}`;
}

const system = (version: string, seed: number) => storePathOf(`nixos-system-nixbox-${version}`, seed);

function generation(
  number: number,
  version: string,
  kernel: string,
  more: Partial<Generation> = {},
): Generation {
  return {
    number,
    storePath: system(version, number),
    dateMs: Date.UTC(2025, 5, number % 28, 9, 41),
    version,
    kernel,
    isDefault: false,
    isRunning: false,
    isBooted: false,
    soundness: { state: 'sound' },
    ...more,
  };
}

export const generations: readonly Generation[] = [
  generation(147, '25.05.20250618.4444444', '6.12.33', { isDefault: true }),
  generation(146, '25.05.20250611.3333333', '6.12.31', { isRunning: true }),
  generation(145, '25.05.20250601.2222222', '6.12.31', { isBooted: true }),
  generation(144, '24.11.20250520.1111111', '6.6.92', {
    soundness: { state: 'unknown', why: 'kernel: timeout' },
  }),
  generation(143, '24.11.20250511.0000000', 'zen-6.14.6', {
    soundness: { state: 'unsound', flaws: ['bin/switch-to-configuration is missing'] },
  }),
  generation(98, '', '', {
    storePath: system('24.05.20241101.9999999', 98),
    version: null,
    kernel: null,
    soundness: { state: 'unsound', flaws: ['dangling: its store path is gone'] },
  }),
];

export const generationList: GenerationList = {
  profile: { kind: 'system', path: '/nix/var/nix/profiles/system' },
  generations,
  defaultNumber: 147,
  runningPath: system('25.05.20250611.3333333', 146),
  bootedPath: system('25.05.20250601.2222222', 145),
};

const { pathsAdded, pathsRemoved, ...difference } = compareClosures(
  [
    'firefox-139.0.4',
    'linux-6.12.33',
    'openssl-3.4.1',
    'openssl-3.4.1-bin',
    'jq-1.7.1',
    'python3-3.12.10',
    'python3-3.13.3',
    'ripgrep-14.1.1',
    'unit-ollama.service',
    ...Array.from({ length: 30 }, (_, i) => `perl5.40.0-Some-Module${i}-1.${i}`),
  ].map((name) => storePathOf(name, 1)),
  [
    'firefox-138.0.1',
    'linux-6.6.92',
    'openssl-3.3.3',
    'openssl-3.3.3-bin',
    'python3-3.12.10',
    'neofetch-7.1.0',
    'unit-nginx.service',
    'unit-nginx-config-reload.service',
    ...Array.from({ length: 30 }, (_, i) => `perl5.38.2-Some-Module${i}-1.${i}`),
  ]
    .map((name) => storePathOf(name, 2))
    .concat(storePathOf('ripgrep-14.1.1', 2)),
);

export const comparison: GenerationComparison = {
  ...difference,
  kernel: { from: '6.12.33', to: '6.6.92' },
  version: { from: '25.05.20250618.4444444', to: '24.11.20250520.1111111' },
  pathsAdded: pathsAdded.length,
  pathsRemoved: pathsRemoved.length,
  sizeDifferenceBytes: -1.2 * 1024 ** 3,
};

export function compared(to: number, result: ComparisonState['result'] = ok(comparison)): ComparisonState {
  return { from: 147, to, result };
}

export const generationsState: GenerationsState = {
  profile: { target: generationList.profile, user: null, title: 'system' },
  list: ok(generationList),
  sizes: new Map(
    [147, 146, 145, 144].flatMap((number, index) => {
      const found = generations.find((one) => one.number === number);
      return found?.storePath ? [[found.storePath, 12e9 - index * 4e8] as const] : [];
    }),
  ),
  comparison: compared(144),
};
