#!/bin/bash
# root.sh [SUITE]: unpacks a Debian with its Nix into a folder of the cache, once; prints the folder. Needs root.
# Packages are only unpacked, none is configured: a quarter of a minute, where debootstrap takes three.
# By default `forky`, whose Nix is the newest that Debian has; `trixie` works, too. NIXPULSE_LAB_CACHE: where;
# NIXPULSE_LAB_PACKAGES: others than Nix and what a lab needs, besides base-files.
set -euo pipefail
suite=${1:-${NIXPULSE_LAB_SUITE:-forky}}
cache=${NIXPULSE_LAB_CACHE:-${XDG_CACHE_HOME:-/var/cache}/nixpulse-lab}
read -ra packages <<<"${NIXPULSE_LAB_PACKAGES:-nix-bin bash dash coreutils diffutils findutils grep gawk sed hostname \
  procps mount util-linux libc-bin tini busybox-static bash-static login openssh-client \
  openssh-server iputils-ping}"
packages+=(base-files base-passwd)
umask 022

[ "$(id -u)" = 0 ] || { echo 'a Debian root needs root' >&2; exit 3; }
command -v apt-get dpkg-deb >/dev/null || { echo 'a Debian root needs apt and dpkg' >&2; exit 3; }
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9

recipe=$({ cat "$0" && echo "${packages[@]}"; } | sha256sum | cut -c1-12)
root=$cache/$suite-$recipe
# After a month the newest is another one.
find "$cache" -maxdepth 1 -name '*-*' -mtime +30 -exec rm -rf --one-file-system {} +
if [ -d "$root" ]; then echo "$root"; exit; fi

# The machine's own mirror.
mirror() { apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Label: Debian' | sort -u | head -1; }
[ -n "$(mirror)" ] || apt-get -qq -o DPkg::Lock::Timeout=600 update >&2
[ -n "$(mirror)" ] || { echo 'apt knows no mirror of Debian' >&2; exit 3; }

# An apt beside the machine's, for which nothing is installed yet.
rm -rf --one-file-system "$cache/fresh"
apt=$cache/fresh/apt fresh=$cache/fresh/root
mkdir -p "$apt"/{lists,archives}/partial "$apt/none" "$fresh"
: >"$apt/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(mirror) $suite main" >"$apt/sources.list"
beside=(apt-get -qq -o "Dir::State=$apt" -o "Dir::State::status=$apt/status" -o "Dir::State::lists=$apt/lists"
  -o "Dir::Cache=$apt" -o "Dir::Etc::sourcelist=$apt/sources.list" -o "Dir::Etc::sourceparts=$apt/none"
  -o "Dir::Etc::preferencesparts=$apt/none" -o Acquire::Languages=none -o APT::Sandbox::User=root)
"${beside[@]}" update >&2
"${beside[@]}" -y --no-install-recommends --download-only install "${packages[@]}" >&2

# First whose links all others are unpacked through: /bin is /usr/bin.
for package in "$apt"/archives/base-files_*.deb "$apt"/archives/*.deb; do dpkg-deb --extract "$package" "$fresh"; done
rm -rf "$fresh"/usr/share/{doc,man,locale,info} "$fresh"/var/cache/*

# What the packages' scripts would have done, and users: as NixOS numbers them.
cp "$fresh"/usr/share/base-passwd/passwd.master "$fresh/etc/passwd"
cp "$fresh"/usr/share/base-passwd/group.master "$fresh/etc/group"
printf 'passwd: files\ngroup: files\nhosts: files dns\n' >"$fresh/etc/nsswitch.conf"
printf '127.0.0.1 localhost\n' >"$fresh/etc/hosts"
members=$(seq -s, -f 'nixbld%g' 32)
echo "nixbld:x:30000:$members" >>"$fresh/etc/group"
for n in $(seq 32); do
  echo "nixbld$n:x:$((30000 + n)):30000:Nix build user $n:/var/empty:/usr/sbin/nologin" >>"$fresh/etc/passwd"
done
echo 'sshd:x:997:65534:sshd user:/run/sshd:/usr/sbin/nologin' >>"$fresh/etc/passwd"
echo 'nixtester:x:1005:' >>"$fresh/etc/group"
echo 'nixtester:x:1005:1005::/home/nixtester:/bin/bash' >>"$fresh/etc/passwd"
install -d -o 1005 -g 1005 "$fresh/home/nixtester"
install -d -m 1775 -g 30000 "$fresh/nix/store"
chroot "$fresh" /usr/sbin/ldconfig
mv "$fresh" "$root"
rm -rf --one-file-system "$cache/fresh"
echo "$root"
