/** Where a deployment stands still and nothing is wrong, or nothing says what is: the last line of the text is a step that goes on. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, formatsTarget, run, runAsRoot, seen } from './entry.ts';

/** What a build or a copy says while it goes on: after a step's title nothing else may follow, or the step has ended. */
const going =
  /(?:\n(?:building|copying|evaluating|fetching|unpacking|querying|downloading|these |this |warning:|\[\d+\/|\s*\/nix\/store\/)[^\n]*)*\s*(?![\s\S])/;

const after = (title: RegExp) => new RegExp(title.source + going.source);

export const deployWaits: readonly KnownMessage[] = [
  {
    id: 'closure-building',
    from: 'nixos-anywhere',
    rank: 'cause',
    wordings: [
      seen(
        after(/Building (?:the )?system closure[^\n]*/),
        ">>> Building system closure...\nbuilding '/nix/store/…-linux-6.12.drv'...",
        'deployment guide, "Deployment Hangs \\"Building system closure\\""',
      ),
    ],
    title: 'the system is being built: this is no error, and may take long',
    causes: [
      because(
        'it downloads, or builds what no cache has',
        'nixpulse snapshot',
        advise('see with nixpulse what it does and whether it moves'),
        run(
          'see beforehand what must be built',
          'nix build --dry-run .#nixosConfigurations.NAME.config.system.build.toplevel',
        ),
        configure('use the cache', ['nix.settings.substituters = [ "https://cache.nixos.org" ];']),
      ),
      because(
        'the machine that builds is short of memory',
        'free -h; cat /proc/pressure/memory',
        configure('build less at once', ['nix.settings.max-jobs = 2;']),
      ),
    ],
    guide: 'Deployment Hangs "Building system closure"',
  },
  {
    id: 'closure-copying',
    from: 'nixos-anywhere',
    rank: 'cause',
    wordings: [
      seen(
        after(/### Uploading the system closure ###/),
        "### Uploading the system closure ###\ncopying path '/nix/store/…-glibc-2.40' to 'ssh-ng://root@10.0.0.5'...",
        'nixos-anywhere, src/nixos-anywhere.sh nixCopy()',
      ),
      seen(
        /copying path '(?<path>[^']+)' (?:from '[^']+' )?to '(?<to>ssh(?:-ng)?:[^']+)'[^\n]*\s*(?![\s\S])/,
        "copying path '/nix/store/…-linux-firmware' to 'ssh://root@10.0.0.5'...",
        'Nix, src/libstore/store-api.cc copyStorePath()',
      ),
    ],
    title: 'the system is being copied to the target: this is no error, and as fast as the network',
    causes: [
      because(
        'the way to the target is slow',
        'ip -s link; iperf3 -c HOST',
        advise('deploy over a wire, or from the network of the target'),
        run(
          'let the target fetch from the caches what they have',
          'nixos-anywhere --build-on remote --flake .#NAME --target-host USER@HOST',
          formatsTarget,
        ),
      ),
    ],
    guide: 'Deployment Takes Too Long',
  },
  {
    id: 'reboot-waits',
    from: 'nixos-anywhere',
    rank: 'cause',
    wordings: [
      seen(
        /Rebooting system\.\.\.\s*(?![\s\S])/,
        '>>> Rebooting system...',
        'deployment guide, "Deployment Hangs at Pool Export"',
      ),
      seen(
        /### Waiting for the machine to become (?:un)?reachable[^\n]*\s*(?![\s\S])/,
        '### Waiting for the machine to become unreachable due to reboot ###',
        'nixos-anywhere, src/nixos-anywhere.sh main()',
      ),
    ],
    title: 'the target should reboot, and has not gone down yet: nothing bounds this wait',
    causes: [
      because(
        'a LUKS device on a volume of the pool is still open (the credential store), so that the pool cannot be exported',
        'ssh root@HOST "dmsetup ls; zpool list; mount | grep /mnt"',
        runAsRoot(
          'in a second session on the target: close it, export the pool, reboot',
          'umount -R /mnt; cryptsetup close credstore && zpool export -a && reboot',
          'what was not yet written by an installation that still runs',
        ),
      ),
      because(
        'it went down and came up again between two looks, or waits for a passphrase at its console',
        'ping -c 3 HOST',
        advise('look at its console'),
      ),
    ],
    guide: 'Deployment Hangs at Pool Export',
  },
];
