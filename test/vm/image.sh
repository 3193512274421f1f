#!/bin/bash
# image.sh ROOT CHECKOUT DIRECTORY: from a root that root.sh made, disks to boot in DIRECTORY: root.img with the built
# CHECKOUT in it, nix.img, swap.img, and the kernel. Users log in by the key `id` of the directory. Needs root.
set -euo pipefail
root=$1 checkout=$2 dir=$3
umask 022
mkdir -p "$dir"/{upper,work,merged}
cd "$dir"
[ -f id ] || ssh-keygen -q -t ed25519 -N '' -C nixpulse-vm -f id
mountpoint -q merged && umount merged
mount -t overlay overlay -o "lowerdir=$root,upperdir=$dir/upper,workdir=$dir/work" merged
trap 'umount "$dir/merged"' EXIT
m=$dir/merged

install -d -m 700 "$m/root/.ssh"
install -m 600 id.pub "$m/root/.ssh/authorized_keys"
echo vm >"$m/etc/hostname"
printf '127.0.0.1 localhost vm\n' >"$m/etc/hosts"
rm -f "$m/etc/resolv.conf" && touch "$m/etc/resolv.conf"
sed -i 's/^root:[^:]*:/root::/' "$m/etc/shadow"
cat >"$m/etc/fstab" <<'X'
LABEL=root / ext4 defaults 0 1
LABEL=nix /nix ext4 defaults,nofail 0 2
LABEL=swap none swap nofail 0 0
X
mkdir -p "$m"/etc/systemd/network "$m"/etc/systemd/system/{getty@tty1,getty@tty2}.service.d "$m/etc/systemd/journald.conf.d"
printf '[Match]\nName=en* eth*\n[Network]\nDHCP=yes\n' >"$m/etc/systemd/network/10.network"
for tty in tty1 tty2; do
  printf '[Service]\nExecStart=\nExecStart=-/sbin/agetty --autologin root --noclear %%I $TERM\n' \
    >"$m/etc/systemd/system/getty@$tty.service.d/auto.conf"
done
printf '[Journal]\nStorage=persistent\n' >"$m/etc/systemd/journald.conf.d/kept.conf"
inside() { chroot "$m" "$@" >/dev/null 2>&1 || true; }
inside systemctl enable systemd-networkd getty@tty2 ssh
inside systemctl disable systemd-oomd.service systemd-oomd.socket apt-daily.timer apt-daily-upgrade.timer man-db.timer \
  dpkg-db-backup.timer fstrim.timer e2scrub_all.timer
inside systemctl mask systemd-networkd-wait-online e2scrub_reap
cat >"$m/etc/nix/nix.conf" <<'X'
build-users-group = nixbld
sandbox = true
max-jobs = 4
cores = 2
substituters =
experimental-features = nix-command flakes cgroups auto-allocate-uids
trusted-users = root
X

# The program by its package; units are enabled in the tests.
rm -rf package && mkdir package
deb=$("$checkout/dist/packages/make" --built --quick package | sed -n 1p)
cp "$deb" "$m/root/nixpulse.deb"
chroot "$m" dpkg --install /root/nixpulse.deb >/dev/null
# What is built in there.
mkdir -p "$m/root/lab/bin"
cp "$checkout"/test/lab/workloads/*.nix "$checkout"/test/lab/generations.sh "$m/root/lab/"
cp "$m/bin/bash-static" "$m/root/lab/bin/bash"
cp "$m/bin/busybox" "$m/root/lab/bin/busybox"

rm -rf nixpart && mkdir nixpart
cp -a "$m/nix/." nixpart/ 2>/dev/null || true
rm -rf "$m/nix" && mkdir -p "$m/nix"
rm -f root.img nix.img swap.img
mke2fs -q -t ext4 -L root -d "$m" root.img 4G
mke2fs -q -t ext4 -L nix -d nixpart nix.img 4G
truncate -s 4G swap.img
mkswap -q -L swap swap.img
cp "$m"/boot/vmlinuz-* vmlinuz
cp "$m"/boot/initrd.img-* initrd
