/**
 * What a rollback runs, as nixos-rebuild does it, and what the exit codes of switch-to-configuration mean
 * (nixos/modules/system/activation/switch-to-configuration.pl and pkgs/by-name/sw/switch-to-configuration-ng
 * in nixpkgs).
 */
import type { Intent, ProfileTarget } from '../intents/intent.ts';
import type { OutcomeStatus } from '../intents/outcome.ts';

export type RollbackIntent = Extract<Intent, { readonly type: 'rollback' }>;

export interface RollbackStep {
  readonly kind: 'profile' | 'activate';
  /** For people: what it does. */
  readonly title: string;
  readonly file: string;
  readonly args: readonly string[];
}

export const switchUnit = 'nixos-rebuild-switch-to-configuration';

/** nixos-rebuild's own way to run it, so that a lost terminal does not end it midway. */
export const systemdRun: readonly string[] = [
  '-E',
  'LOCALE_ARCHIVE',
  '-E',
  'NIXOS_INSTALL_BOOTLOADER=',
  '--collect',
  '--no-ask-password',
  '--pipe',
  '--quiet',
  '--service-type=exec',
  `--unit=${switchUnit}`,
  '--wait',
];

/**
 * `storePath`: what the generation's number names. It is started by that path and not through the profile,
 * so that a profile switched away meanwhile cannot have another one activated.
 */
export function rollbackSteps(
  { profile, generation, mode }: Pick<RollbackIntent, 'profile' | 'generation' | 'mode'>,
  now: { readonly storePath: string; readonly isDefault: boolean; readonly systemd: boolean },
): readonly RollbackStep[] {
  if (profile.kind === 'home-manager') {
    // It moves its profile itself, and cleans up what only the generation before it had.
    return [
      {
        kind: 'activate',
        title: `activate generation ${generation}`,
        file: `${now.storePath}/activate`,
        args: [],
      },
    ];
  }
  const move: RollbackStep = {
    kind: 'profile',
    title: `make generation ${generation} the default of ${profile.path}`,
    file: 'nix-env',
    args: ['-p', profile.path, '--switch-generation', String(generation)],
  };
  const moves = now.isDefault ? [] : [move];
  if (profile.kind === 'user') return moves;
  const activation = [`${now.storePath}/bin/switch-to-configuration`, mode];
  return [
    ...moves,
    {
      kind: 'activate',
      title:
        mode === 'boot'
          ? `write the boot menu with generation ${generation} as its default`
          : `write the boot menu and activate generation ${generation} now`,
      ...(now.systemd
        ? { file: 'systemd-run', args: [...systemdRun, ...activation] }
        : { file: 'env', args: ['-i', 'NIXOS_INSTALL_BOOTLOADER=', ...activation] }),
    },
  ];
}

export interface SwitchMeaning {
  readonly status: Extract<OutcomeStatus, 'done' | 'incomplete' | 'failed'>;
  /** Follows `generation 3 `. */
  readonly text: string;
}

/** 1 is before the activation: the boot loader could not be written, or a check before the switch failed. */
export function switchMeaning(exitCode: number | null, mode: RollbackIntent['mode']): SwitchMeaning {
  switch (exitCode) {
    case 0:
      return { status: 'done', text: mode === 'boot' ? 'starts with the next boot' : 'is active' };
    case 2:
      return { status: 'incomplete', text: 'is active only in part: its activation script failed (2)' };
    case 3:
      return { status: 'incomplete', text: 'is active, but systemd was not reloaded well (3)' };
    case 4:
      return { status: 'incomplete', text: 'is active, but units failed (4)' };
    case 100:
      return { status: 'incomplete', text: 'needs a reboot: its init does not fit the running one (100)' };
    default:
      return {
        status: 'failed',
        text:
          exitCode === null
            ? 'was not activated: switch-to-configuration was killed'
            : `was not activated: switch-to-configuration ended with ${exitCode}`,
      };
  }
}

/** Where a rollback belongs to root or to the profile's owner: the same line in the question and in the refusal. */
export function rollbackCommand(
  profile: ProfileTarget,
  generation: number,
  mode: RollbackIntent['mode'],
  user: string | null = null,
): string {
  const as = profile.kind === 'system' ? 'sudo ' : user === null ? '' : `sudo -u ${user} `;
  const which = profile.path === '/nix/var/nix/profiles/system' ? '' : ` --profile ${profile.path}`;
  const how = profile.kind === 'system' && mode === 'boot' ? ' --boot' : '';
  return `${as}nixpulse rollback --to ${generation}${which}${how}`;
}
