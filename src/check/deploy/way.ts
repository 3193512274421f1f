/** How the target gets its system, by what runs there. */
import type { DeployWay } from '../../model/advice/checked-deploy.ts';
import type { Target } from '../../model/advice/deploy-target.ts';

/** `VARIANT_ID=installer` is what nixos-anywhere goes by; older images have only the writable layer of their store. */
export function wayOf({ distribution, variant, mounts }: Target): DeployWay {
  if (distribution !== 'nixos') return 'kexec';
  const isInstaller =
    variant === 'installer' || mounts.some(({ mountPoint }) => mountPoint === '/nix/.rw-store');
  return isInstaller ? 'install' : 'switch';
}
