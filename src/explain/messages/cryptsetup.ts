/** What cryptsetup and the unlocking at boot say. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, formatsTarget, run, runAsRoot, seen } from './entry.ts';

export const cryptsetup: readonly KnownMessage[] = [
  {
    id: 'luks-passphrase-waits',
    from: 'cryptsetup',
    rank: 'cause',
    wordings: [
      seen(
        /Please enter passphrase for disk(?: (?<disk>[^\n:]+?))?(?:\.\.\.|:)?(?:[ \t]*\(press TAB for no echo\))?\s*(?![\s\S])/,
        'Please enter passphrase for disk...',
        'deployment guide, "System Hangs at Password Prompt"',
      ),
      seen(
        /(?:Enter passphrase|Passphrase) for ['"]?(?<disk>\/?[^\n:'"]+)['"]?:?\s*(?![\s\S])/,
        'Enter passphrase for /dev/vda2: ',
        'cryptsetup, src/utils_password.c tools_get_key(); nixpkgs, luksroot.nix',
      ),
    ],
    title: 'the machine waits for the passphrase of a disk: this is no error',
    causes: [
      because(
        'the disk is encrypted, and nothing but you can unlock it (no TPM, no key file)',
        null,
        advise('type it at the console of the machine, and press Enter; what is typed is not shown'),
        configure('unlock over ssh', [
          'boot.initrd.network.enable = true;',
          'boot.initrd.network.ssh = { enable = true; port = 2222; hostKeys = [ "/etc/secrets/initrd/key" ]; };',
        ]),
        runAsRoot(
          'on a machine with a TPM: let that unlock it',
          'systemd-cryptenroll --tpm2-device=auto --tpm2-pcrs=7 DEVICE',
          'whoever has the whole machine can boot it; keep the passphrase',
        ),
      ),
    ],
    guide: 'System Hangs at Password Prompt',
  },
  {
    id: 'luks-in-use',
    from: 'cryptsetup',
    rank: 'cause',
    wordings: [
      seen(
        /Device (?<name>\S+) is still in use\./,
        'Device credstore is still in use.',
        'cryptsetup, lib/setup.c crypt_deactivate_by_name()',
      ),
    ],
    title: '{name} cannot be closed while something uses it',
    causes: [
      because(
        'a file system, a volume group, a pool or swap on it is in use',
        'lsblk /dev/mapper/{name}; fuser -vm /dev/mapper/{name}; swapon --show',
        runAsRoot(
          'unmount what is on it, then close it',
          'umount /dev/mapper/{name} && cryptsetup close {name}',
        ),
        runAsRoot('close it as soon as the last user lets go', 'cryptsetup close --deferred {name}'),
      ),
    ],
    brings: ['zfs-pool-busy'],
  },
  {
    id: 'luks-wrong-key',
    from: 'cryptsetup',
    rank: 'cause',
    wordings: [
      seen(
        /No key available with this passphrase\./,
        'No key available with this passphrase.',
        'cryptsetup, src/utils_password.c',
      ),
    ],
    title: 'the passphrase or the key file opens none of the key slots',
    causes: [
      because(
        'it was mistyped, or the keyboard has another layout at boot than usual',
        null,
        advise('type it slowly, and look for characters that the US layout has elsewhere'),
        configure('set the layout early', ['console.earlySetup = true;', 'console.keyMap = "de";']),
      ),
      because(
        'the key file ends with a line end that was not there when the key was added',
        'tail -c 1 KEYFILE | od -c',
        run('write it without one', '(umask 077; printf %s "$(cat KEYFILE)" > KEYFILE.new)'),
      ),
      because(
        'the device is another one, or the header is damaged',
        'cryptsetup luksDump DEVICE',
        advise(
          'bring the header back from a backup of it (cryptsetup luksHeaderRestore)',
          'a header of another device makes the data unreadable for ever',
        ),
      ),
    ],
    brings: ['unit-dependency', 'emergency-mode', 'stage-1-failed'],
  },
  {
    id: 'luks-none',
    from: 'cryptsetup',
    rank: 'cause',
    wordings: [
      seen(
        /Device (?<device>\S+) is not a valid LUKS device\./,
        'Device /dev/vda2 is not a valid LUKS device.',
        'cryptsetup 2.6, run on another file; lib/luks1/keymanage.c, lib/setup.c',
      ),
      seen(
        /Device (?<device>\S+) does not exist or access denied\./,
        'Device /dev/zvol/rpool/credstore-enc does not exist or access denied.',
        'cryptsetup, lib/utils_device.c',
      ),
    ],
    title: 'there is no LUKS on {device}, or no such device',
    causes: [
      because(
        'the device is another one: the partition next to it, or a pool is not imported yet',
        'lsblk -f; ls -l {device}',
        advise(
          'name the partition that lsblk shows as crypto_LUKS; for a volume of a pool import the pool first',
        ),
      ),
      because('it needs root', 'id -u', runAsRoot('try as root', 'cryptsetup luksDump {device}')),
      because(
        'the header was overwritten',
        'wipefs {device}',
        advise('bring it back from a backup of the header; without one the data are lost'),
      ),
    ],
    brings: ['unit-dependency', 'emergency-mode', 'stage-1-failed'],
  },
  {
    id: 'luks-open-already',
    from: 'cryptsetup',
    rank: 'cause',
    wordings: [
      seen(
        /Device (?<name>[^\s/]+) already exists\./,
        'Device crypted already exists.',
        'cryptsetup, lib/setup.c',
      ),
      seen(
        /Device (?<name>[^\s/]+) is not active\./,
        'Device credstore is not active.',
        'cryptsetup, lib/setup.c crypt_deactivate_by_name()',
      ),
    ],
    title: 'the LUKS device {name} is not in the state that this step expects',
    causes: [
      because(
        'an earlier attempt left it open, or it is closed already',
        'cryptsetup status {name}',
        runAsRoot('close it, if nothing uses it', 'cryptsetup close {name}'),
        advise('if it should be closed, and is: nothing is to do'),
      ),
    ],
  },
  {
    id: 'luks-key-file',
    from: 'cryptsetup',
    rank: 'cause',
    wordings: [
      seen(
        /Failed to open key file(?: (?<file>\S+))?\./,
        'Failed to open key file.',
        'cryptsetup, lib/utils.c crypt_keyfile_device_read()',
      ),
      seen(
        /Cannot read keyfile (?<file>\S+?)\.(?=\s|$)/,
        'Cannot read keyfile /tmp/secret.key.',
        'cryptsetup, src/utils_tools.c',
      ),
    ],
    title: 'the key file is not where it was said to be',
    causes: [
      because(
        'disko runs on the target, and the file is on the machine that deploys',
        'ssh root@HOST ls -l /tmp/secret.key',
        run(
          'have it uploaded',
          'nixos-anywhere --disk-encryption-keys /tmp/secret.key ./secret.key --flake .#NAME --target-host root@HOST',
          formatsTarget,
        ),
        configure('or ask for a passphrase instead', [
          'content.askPassword = true; # and neither settings.keyFile nor passwordFile',
        ]),
      ),
      because(
        'at boot the file system that has it is not mounted yet',
        null,
        configure(
          'put it into the initrd',
          ['boot.initrd.secrets."/key" = "/etc/secrets/key";'],
          'it lies unencrypted in the boot partition, unless that is encrypted',
        ),
      ),
    ],
  },
  {
    id: 'luks-tpm',
    from: 'cryptsetup',
    rank: 'cause',
    wordings: [
      seen(
        /TPM policy does not match current system state|Failed to unseal (?:HMAC key in TPM|secret using TPM2)[^\n]*|TPM2 operation failed, falling back to traditional unlocking/,
        'TPM2 operation failed, falling back to traditional unlocking: State not recoverable',
        'systemd, src/cryptsetup/cryptsetup.c attach_luks_or_plain_or_bitlk_by_tpm2()',
        { since: '248' },
      ),
    ],
    title: 'the TPM does not unlock the disk: the machine did not boot as it did when the key was enrolled',
    causes: [
      because(
        'firmware, Secure Boot keys, boot loader or kernel have changed',
        'systemd-cryptenroll DEVICE; bootctl status --no-pager | head -20',
        advise('type the passphrase this once'),
        runAsRoot(
          'enrol the TPM anew',
          'systemd-cryptenroll --wipe-slot=tpm2 --tpm2-device=auto --tpm2-pcrs=7 DEVICE',
          'only while a passphrase or a recovery key is enrolled as well: without one the disk stays locked',
        ),
      ),
    ],
    brings: ['luks-passphrase-waits'],
  },
];
