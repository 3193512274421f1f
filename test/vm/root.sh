#!/bin/bash
# root.sh [SUITE]: makes the root of a Debian that boots (systemd, its Nix, a kernel for virtual machines), once; prints the
# folder. Needs root, and what boots it later. By default `forky`, whose systemd and Nix are the newest that Debian has.
# NIXPULSE_LAB_CACHE: where. Packages are really configured: some minutes.
set -euo pipefail
suite=${1:-${NIXPULSE_VM_SUITE:-forky}}
cache=${NIXPULSE_LAB_CACHE:-${XDG_CACHE_HOME:-/var/cache}/nixpulse-lab}
packages=(systemd-sysv systemd-oomd dbus udev kmod zstd procps iproute2 nix-bin nix-setup-systemd tmux htop busybox-static
  bash-static kbd console-setup openssh-server less man-db strace ncurses-term)
umask 022

[ "$(id -u)" = 0 ] || { echo 'a Debian root needs root' >&2; exit 3; }
for program in debootstrap qemu-system-x86_64 mke2fs ssh-keygen dpkg-deb; do
  command -v "$program" >/dev/null || { echo "a booted machine needs $program" >&2; exit 3; }
done
mkdir -p "$cache"
exec 9>"$cache/vm-lock"
flock 9

recipe=$({ cat "$0" && echo "${packages[@]}"; } | sha256sum | cut -c1-12)
root=$cache/vm-$suite-$recipe
if [ -d "$root" ]; then echo "$root"; exit; fi

# The machine's own mirror, and what lets its apt get through to it.
mirror() { apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Label: Debian' | sort -u | head -1; }
[ -n "$(mirror)" ] || apt-get -qq -o DPkg::Lock::Timeout=600 update >&2
[ -n "$(mirror)" ] || { echo 'apt knows no mirror of Debian' >&2; exit 3; }
fresh=$cache/vm-fresh
rm -rf --one-file-system "$fresh"
scripts=/usr/share/debootstrap/scripts
[ -e "$scripts/$suite" ] || ln -s sid "$scripts/$suite"
debootstrap --variant=minbase "$suite" "$fresh" "$(mirror)" >&2

inside() { chroot "$fresh" env DEBIAN_FRONTEND=noninteractive LC_ALL=C "$@" >&2; }
# Nothing is started in there.
printf '#!/bin/sh\nexit 101\n' >"$fresh/usr/sbin/policy-rc.d"
chmod +x "$fresh/usr/sbin/policy-rc.d"
cp /etc/resolv.conf "$fresh/etc/resolv.conf"
# As the machine's own apt gets there: proxies, dates that are accepted.
apt-config dump Acquire | grep -v '""' >"$fresh/etc/apt/apt.conf.d/90machine" || true
for place in proc sys dev; do mount --rbind --make-rslave "/$place" "$fresh/$place"; done
trap 'for place in proc sys dev; do umount -l "$fresh/$place"; done' EXIT
inside apt-get -qq update
inside apt-get -qq -y --no-install-recommends install "${packages[@]}" linux-image-cloud-amd64 initramfs-tools
rm -f "$fresh/usr/sbin/policy-rc.d" "$fresh"/var/cache/apt/archives/*.deb
rm -rf "$fresh"/etc/apt/apt.conf.d/90machine "$fresh"/var/lib/apt/lists/* "$fresh"/usr/share/{doc,locale,info}
for place in proc sys dev; do umount -l "$fresh/$place"; done
trap - EXIT
mv "$fresh" "$root"
echo "$root"
