/** Which nixpkgs there is to evaluate a configuration.nix with: of NIX_PATH, of root's channels, of a flake. */
import { nixString } from '../base/nix-string.ts';
import { within } from './check/within.ts';
import { evaluate, type Limits } from './evaluate.ts';
import type { ProbeContext } from './probe.ts';
import { runProgram } from './run-program.ts';

export interface FoundNixpkgs {
  /** Absolute. */
  readonly path: string;
  /** `NIX_PATH`, `the channels of root`, `/etc/nixos/flake.nix`. */
  readonly from: string;
}

const findMs = 30_000;
const channels = '/nix/var/nix/profiles/per-user/root/channels';
const limits: Limits = { sec: 60, bytes: 1 << 30 };

/** `flakes`: directories or references whose input `nixpkgs` is as good. Null: there is none. */
export async function findNixpkgs(
  flakes: readonly string[],
  context: ProbeContext,
): Promise<FoundNixpkgs | null> {
  const named = await within(findMs, 'nix-instantiate --find-file', context, (bounded) =>
    runProgram(
      bounded,
      [
        ...(['nix-instantiate', '--find-file', 'nixpkgs'] as const),
        ...['--option', 'experimental-features', 'nix-command flakes'],
      ],
      { from: 'nix' },
    ),
  );
  const path = named.ok && named.value.exitCode === 0 ? (named.value.stdout[0]?.trim() ?? '') : '';
  const places: readonly FoundNixpkgs[] = [
    { path, from: 'NIX_PATH' },
    { path: `${channels}/nixos`, from: 'the channels of root' },
    { path: `${channels}/nixpkgs`, from: 'the channels of root' },
  ];
  for (const place of places) if (await isNixpkgs(place.path, context)) return place;
  for (const flake of flakes) {
    const found = await evaluate(
      {
        expression: `(builtins.getFlake ${nixString(flake)}).inputs.nixpkgs.outPath`,
        ...{ configuration: flake, limits, json: true },
      },
      context,
    );
    const told = found.ok && found.value.value !== null ? pathIn(found.value.value) : null;
    if (told !== null && (await isNixpkgs(told, context))) return { path: told, from: flake };
  }
  return null;
}

async function isNixpkgs(path: string, { ports: { files } }: ProbeContext): Promise<boolean> {
  if (!path.startsWith('/')) return false;
  return (await files.ownerSlow(`${path}/nixos/lib/eval-config.nix`, { follow: true, deadlineMs: 5000 })).ok;
}

function pathIn(json: string): string | null {
  const value: unknown = JSON.parse(json);
  return typeof value === 'string' ? value : null;
}
