/** Logs as people paste them: the right cause first, what follows below it, and nothing where nothing failed. */
import { describe, expect, it } from 'vitest';
import { explain } from '../../src/explain/explain.ts';
import { pastedLines } from '../../src/parse/paste.ts';

const pastes: readonly (readonly [first: string, paste: string])[] = [
  [
    'boot-full',
    `updating GRUB 2 menu...
cannot copy /nix/store/i1i6pn1wz0i25pvwcfhdra4bz6hcqjp7-linux-6.1.74/Image to /boot/kernels/i1i6pn1wz0i25pvwcfhdra4bz6hcqjp7-linux-6.1.74-Image.tmp: No space left on device
Failed to install bootloader
warning: error(s) occurred while switching to the new configuration`,
  ],
  [
    'boot-full',
    `Installing Lanzaboote to "/boot"...
Failed to install generation.: Failed to install the initrd.: Failed to copy from "/tmp/.tmpkdwknv/iwDD" to the temporary file "/boot/EFI/nixos/initrd-6.9.8-dmw..tmp": No space left on device (os error 28)
Failed to install bootloader`,
  ],
  [
    'switch-inhibited',
    `comin[1876133]: Checking switch inhibitors...
There are changes to critical components of the system:
dbus-implementation : dbus -> broker
Switching into this system is not recommended.
Pre-switch check 'switchInhibitors' failed
Pre-switch checks failed
Command 'systemd-run -E LOCALE_ARCHIVE --collect --pipe --quiet /nix/store/g18c-nixos-system-desktop/bin/switch-to-configuration switch' returned non-zero exit status 1.`,
  ],
  [
    'secrets-undecryptable',
    `activating the configuration...
setting up /etc...
/nix/store/450s-sops-install-secrets-0.0.1/bin/sops-install-secrets: failed to decrypt '/nix/store/vc5q-cloudflare.yaml': Error getting data key: 0 successful groups required, got 0
Activation script snippet 'setupSecrets' failed (1)
Failed to run activate script`,
  ],
  [
    'units-failed',
    `setting up tmpfiles
warning: the following units failed: mount-pstore.service

● mount-pstore.service
     Active: failed (Result: exit-code) since Fri 2021-05-21 07:52:54 -03; 133ms ago
mai 21 07:52:54 k1 systemd[1]: mount-pstore.service: Failed with result 'exit-code'.
warning: error(s) occurred while switching to the new configuration`,
  ],
  [
    'home-file-in-way',
    `warning: the following units failed: home-manager-ardan.service
Nov 08 12:14:18 nixos hm-activate-ardan[247372]: Existing file '/home/ardan/.config/gtk-3.0/settings.ini' is in the way of '/nix/store/8dz44vpmij16bplzznw7sqnh660g3s17-home-manager-files/.config/gtk-3.0/settings.ini'
Nov 08 12:14:18 nixos hm-activate-ardan[247372]: Existing file '/home/ardan/.xmonad/xmonad-x86_64-linux' is in the way of '/nix/store/8dz44vpmij16bplzznw7sqnh660g3s17-home-manager-files/.xmonad/xmonad-x86_64-linux'
Nov 08 12:14:18 nixos systemd[1]: home-manager-ardan.service: Main process exited, code=exited, status=1/FAILURE
Nov 08 12:14:18 nixos systemd[1]: home-manager-ardan.service: Failed with result 'exit-code'.
Nov 08 12:14:18 nixos systemd[1]: Failed to start Home Manager environment for ardan.`,
  ],
  [
    'ssh-key-refused',
    `[INFO ] Using configuration: hive.nix
web1 | Pushing system closure
ERROR Failed to push system closure to web1 - Last 6 lines of logs:
ERROR  created)
ERROR   stderr) root@10.0.0.5: Permission denied (publickey,keyboard-interactive).
ERROR  failure) Child process exited with error code: 1`,
  ],
  [
    'ssh-key-refused',
    `root@10.0.0.5: Permission denied (publickey).
error: failed to start SSH connection to 'root@10.0.0.5'
cannot build on 'ssh-ng://root@10.0.0.5': error: cannot open connection to remote store 'ssh-ng://root@10.0.0.5': error: unexpected end-of-file
Failed to find a machine for remote build!
error: unable to start any build; either increase '--max-jobs' or enable remote builds`,
  ],
  [
    'nix-not-on-target',
    `zsh:1: command not found: nix-daemon
error: cannot open connection to remote store 'ssh-ng://tail-bot.hyrax-grouse.ts.net': error: unexpected end-of-file`,
  ],
  [
    'disk-busy',
    `### Formatting hard drive with disko ###
umount: /mnt: target is busy.
mke2fs 1.47.2 (1-Jan-2025)
/dev/disk/by-partlabel/154842f3f4b6a1a55afdc3809550d04a7e8c is mounted; will not make a filesystem here!
+ rm -rf /tmp/tmp.hu1g7ygsjL`,
  ],
  [
    'partition-no-room',
    `+ sgdisk --set-alignment=2048 --align-end --new=2:-64GB:100% --typecode=2:8300 /dev/md/raid1
Could not create partition 2 from 1819035647 to 100
Unable to set partition 2's name to 'mdadm-raid1-Swap'!
Could not change partition 2's type code to 8300!
Error encountered; not saving changes.`,
  ],
  [
    'zfs-pool-busy',
    `umount: /mnt (zroot/local/root) unmounted
+ zpool export -a
cannot export 'zroot': pool is busy
+ true
+ nohup sh -c 'sleep 6 && reboot'
### Waiting for the machine to become unreachable due to reboot ###`,
  ],
  [
    'zfs-other-host',
    `ZFS: import 'rpool': pool was previously in use from another system.
cannot import 'rpool': pool was previously in use from another system.
Last access by archlinux (hostid=106bb6c4) at Thu Sep 4 06:50:03 2025
The pool can be imported. Use 'zpool import -f' to import the pool.
An error occurred in stage 1 of the boot process, which must mount the
root filesystem on \`/mnt-root' and then start stage 2.`,
  ],
  [
    'zfs-key',
    `Jun 03 08:41:20 nixos zfs-import-rpool-start[555]: Key load error: Failed to open key material file: No such file or directory
Jun 03 08:41:20 nixos systemd[1]: zfs-import-rpool.service: Main process exited, code=exited, status=255/EXCEPTION
Jun 03 08:41:20 nixos systemd[1]: zfs-import-rpool.service: Failed with result 'exit-code'.
Jun 03 08:41:20 nixos systemd[1]: Failed to start Import ZFS pool "rpool".
Jun 03 08:41:20 nixos systemd[1]: Dependency failed for ZFS pool import target.
Jun 03 08:41:20 nixos systemd[1]: Dependency failed for /sysroot/var/lib.`,
  ],
  [
    'device-timed-out',
    `[ TIME ] Timed out waiting for device /dev/disk/by-label/cryptroot.
[DEPEND] Dependency failed for Cryptography Setup for luksroot.
[DEPEND] Dependency failed for Local Encrypted Volumes.
You are in emergency mode. After logging in, type "journalctl -xb" to view`,
  ],
  [
    'kexec-failed',
    `+ /root/kexec/kexec/kexec --load /root/kexec/kexec/bzImage --initrd=/root/kexec/kexec/initrd
kexec_load failed: Invalid argument
entry       = 0x3ffd0760 flags = 0x3e0000
Connection to 10.0.0.5 closed by remote host.`,
  ],
  [
    'deploy-rs-not-confirmed',
    `⭐ ℹ️ [activate] [INFO] Waiting for confirmation event...
⭐ ❌ [activate] [ERROR] Error waiting for confirmation event: Timeout elapsed for confirmation
⭐ ⚠️ [activate] [WARN] De-activating due to error
🚀 ❌ [deploy] [ERROR] Deployment failed, rolled back to previous generation`,
  ],
  [
    'oom-kill',
    `[ 1570.685639] kexec invoked oom-killer: gfp_mask=0x100cc2(GFP_HIGHUSER), order=0, oom_score_adj=0
[ 1570.685651] CPU: 0 PID: 3090 Comm: kexec Not tainted 6.5.0-1023-oracle
[ 1570.712345] Out of memory: Killed process 3090 (kexec) total-vm:702340kB, anon-rss:1024kB`,
  ],
  [
    'compiler-killed',
    `       > make: *** Waiting for unfinished jobs....
       > g++: fatal error: Killed signal terminated program cc1plus
       > compilation terminated.
       > make: *** [Makefile:80: cmComputeLinkInformation.o] Error 1`,
  ],
  [
    'header-missing',
    `In file included from /build/source/libtypec.c:34:
/build/source/libtypec.h:38:10: fatal error: libtypec_config.h: No such file or directory
   38 | #include "libtypec_config.h"
compilation terminated.
make[2]: *** [CMakeFiles/libtypec.dir/build.make:76: CMakeFiles/libtypec.dir/libtypec.c.o] Error 1
make: *** [Makefile:156: all] Error 2`,
  ],
  [
    'cmake-too-new',
    `corto> CMake Error at CMakeLists.txt:1 (cmake_minimum_required):
corto>   Compatibility with CMake < 3.5 has been removed from CMake.
corto>
corto> -- Configuring incomplete, errors occurred!`,
  ],
  [
    'no-network-in-build',
    `    Updating crates.io index
warning: spurious network error (2 tries remaining): failed to resolve address for github.com: Name or service not known; class=Net (12)
error: failed to get \`anyhow\` as a dependency of package \`lobsters-best-bot v0.1.0 (/nix/store/g5d7422cxp3v3xdy0hl44h0l3jwsavj2-lobsters-best-bot)\`
Caused by:
  failed to resolve address for github.com: Name or service not known; class=Net (12)`,
  ],
  [
    'go-vendor',
    `       > Building subPackage ./cmd/bd
       > go: inconsistent vendoring in /build/source:
       >   github.com/BurntSushi/toml@v1.6.0: is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt`,
  ],
  [
    'patch-failed',
    `applying patch /nix/store/aaaa-good.patch
patching file a.c
applying patch /nix/store/bbbb-bad.patch
patching file b.c
Hunk #1 FAILED at 8.
1 out of 1 hunk FAILED -- saving rejects to file b.c.rej`,
  ],
  [
    'patchelf-unsatisfied',
    `> auto-patchelf: 4 dependencies could not be satisfied
> error: auto-patchelf could not satisfy dependency libgcc_s.so.1 wanted by /nix/store/08xw-foundry-0.0.0/bin/.chisel-wrapped
> error: auto-patchelf could not satisfy dependency libgcc_s.so.1 wanted by /nix/store/08xw-foundry-0.0.0/bin/.forge-wrapped
> auto-patchelf failed to find all the required dependencies.`,
  ],
  [
    'sudo-needs-terminal',
    `### Switching system into kexec ###
Pseudo-terminal will not be allocated because stdin is not a terminal.
sudo: a terminal is required to read the password; either use the -S option to read from standard input or configure an askpass helper
sudo: a password is required`,
  ],
  [
    'disk-io-error',
    `[246.75] blk_update_request: I/O error, dev sda, sector 1953525000 op 0x0:(READ) flags 0x80700 phys_seg 1 prio class 0
[246.76] EXT4-fs error (device sda1): ext4_find_entry:1455: inode #2: comm nix-daemon: reading directory lblock 0
[246.77] EXT4-fs (sda1): Remounting filesystem read-only
error: reading from file: Input/output error`,
  ],
];

describe('a paste', () => {
  it.each(pastes)('is %s and what follows from it: %s', (first, paste) => {
    const explained = explain(pastedLines(paste)).explained.map(({ id }) => id);
    expect(explained).toEqual([first]);
  });

  it('names the patch that failed, not the one before', () => {
    const paste = pastes.find(([id]) => id === 'patch-failed')?.[1] ?? '';
    expect(explain(pastedLines(paste)).explained[0]?.facts['patch']).toBe('/nix/store/bbbb-bad.patch');
  });

  it('tells each library once, with all that want it', () => {
    const paste = pastes.find(([id]) => id === 'patchelf-unsatisfied')?.[1] ?? '';
    const [one] = explain(pastedLines(paste)).explained;
    expect(one?.count).toBe(2);
    expect(one?.causes[0]?.text).toBe('it is the library of the C compiler');
  });
});

/** What belongs to a rebuild, a deployment or a build that goes well. */
const sound = [
  `building the system configuration...
updating systemd-boot from 255.2 to 255.4
stopping the following units: accounts-daemon.service
activating the configuration...
setting up /etc...
reloading user units for me...
restarting the following units: sshd.service
starting the following units: accounts-daemon.service
Done. The new configuration is /nix/store/p2zz15dcghcx66s92rw064mdjmrl9bh7-nixos-system-pc`,
  `### Uploading install SSH keys ###
Warning: Permanently added '192.168.1.16' (ED25519) to the list of known hosts.
Number of key(s) added: 1
### Formatting hard drive with disko ###
umount: /mnt: not mounted
/dev/sda1: 8 bytes were erased at offset 0x00000052 (vfat): 46 41 54 33 32 20 20 20
### Installing NixOS ###
installation finished!
### Done! ###`,
  `-- Could NOT find Doxygen (missing: DOXYGEN_EXECUTABLE)
-- Looking for pthread.h - found
-- Performing Test HAVE_FOO - Failed
-- Configuring done
[100%] Built target foo
Test project /build/source/build
100% tests passed, 0 tests failed out of 120`,
  `checking for error.h... no
checking whether gcc accepts -Werror... yes
config.status: creating Makefile
12 passed, 3 warnings in 0.52s
test result: ok. 42 passed; 0 failed; 0 ignored
ok  	github.com/foo/bar	0.012s
npm warn deprecated inflight@1.0.6: This module is not supported`,
  `  pool: rpool
 state: ONLINE
  scan: scrub repaired 0B in 00:03:43 with 0 errors on Sun Dec 15 13:14:52 2024
errors: No known data errors`,
  `Existing file '/home/mia/.config/fish/config.fish' is in the way of '/nix/store/x-home-manager-files/.config/fish/config.fish', will be moved to '/home/mia/.config/fish/config.fish.backup'`,
  `deploy-rs: ℹ️ [deploy] [INFO] Deployment confirmed.
All done!`,
];

it.each(sound)('nothing is explained where nothing failed: %s', (paste) => {
  expect(explain(pastedLines(paste)).explained.map(({ id, text }) => `${id}: ${text[0]}`)).toEqual([]);
});
