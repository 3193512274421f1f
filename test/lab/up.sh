#!/bin/bash
# A real multi-user Nix for the tests: reuses a daemon that answers, else starts one (root and Debian only).
# Packages that are missing are installed. /etc/nix is left as it is: the lab has its own NIX_CONF_DIR.
# NIXPULSE_LAB_CONF: further lines of its nix.conf; a daemon that has others is started anew.
# Everything outside /nix goes to $NIXPULSE_LAB_DIR; down.sh ends what this started.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
lab=${NIXPULSE_LAB_DIR:-${TMPDIR:-/tmp}/nixpulse-lab}
umask 022
mkdir -p "$lab/etc" "$lab/workloads/bin"
exec 9>"$lab/lock"
flock 9

if [ "$(id -u)" != 0 ]; then echo "the lab needs root" >&2; exit 3; fi

missing=()
wanted=(nix-bin nix-setup-systemd busybox-static bash-static)
if ! command -v dpkg-query >/dev/null; then
  # A root of the newest Nix (newest/root.sh) has them unpacked, without a database of packages.
  if ! command -v nix-daemon bash-static >/dev/null; then echo "the lab needs Debian" >&2; exit 3; fi
  wanted=()
fi
for package in "${wanted[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  recent=$(find /var/lib/apt/lists -name '*_Packages*' -mmin -1440 2>/dev/null | head -1)
  [ -n "$recent" ] || apt-get -qq -o DPkg::Lock::Timeout=600 update
  apt-get -y -qq -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confold \
    install --no-install-recommends "${missing[@]}" >"$lab/apt.log" 2>&1 9>&- || { cat "$lab/apt.log" >&2; exit 1; }
fi

# nix-setup-systemd makes ten of these itself on most machines; 20 builds at once need as many.
getent group nixbld >/dev/null || groupadd --system nixbld
for n in $(seq 1 24); do
  id "nixbld$n" >/dev/null 2>&1 || useradd --system --comment "Nix build user $n" --home-dir /var/empty \
    --gid nixbld --groups nixbld --no-user-group --shell /usr/sbin/nologin "nixbld$n"
done
id nixtester >/dev/null 2>&1 || useradd --create-home --shell /bin/bash nixtester
# Debian opens the daemon's socket to this group only.
if getent group nix-users >/dev/null; then usermod --append --groups nix-users nixtester; fi

cat >"$lab/nix.conf" <<CONF
build-users-group = nixbld
sandbox = true
sandbox-fallback = false
max-jobs = 8
cores = 2
substituters =
experimental-features = nix-command
trusted-users = root
allowed-users = *
require-sigs = false
${NIXPULSE_LAB_CONF:-}
CONF
cmp -s "$lab/nix.conf" "$lab/etc/nix.conf" || "$here/down.sh" 9>&-
mv "$lab/nix.conf" "$lab/etc/nix.conf"

for tool in bash-static:bash busybox:busybox; do
  from=/bin/${tool%%:*} to=$lab/workloads/bin/${tool##*:}
  cmp -s "$from" "$to" || install -m 755 "$from" "$to"
done
cp "$here"/workloads/*.nix "$lab/workloads/"

answers() { NIX_REMOTE=daemon NIX_CONF_DIR=$lab/etc timeout 10 nix --extra-experimental-features nix-command store ping >/dev/null 2>&1 9>&-; }
if ! answers; then
  install -d -m 0755 /nix /nix/var /nix/var/nix /nix/var/nix/daemon-socket
  rm -f /nix/var/nix/daemon-socket/socket
  # NIX_REMOTE=daemon in its environment would make each worker connect to the daemon again, without end.
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 NIX_CONF_DIR="$lab/etc" \
    setsid --fork bash -c 'echo $$ >"$0"; exec nix-daemon --daemon' "$lab/daemon.pid" </dev/null >>"$lab/daemon.log" 2>&1 9>&-
  for _ in $(seq 100); do [ -S /nix/var/nix/daemon-socket/socket ] && break; sleep 0.1; done
  answers || { tail -5 "$lab/daemon.log" >&2; echo "the daemon does not answer" >&2; exit 1; }
fi

# The tools of the workloads are built here once, so that a test's build starts with its first line.
NIX_REMOTE=daemon NIX_PATH='' NIX_CONF_DIR=$lab/etc timeout 120 nix-build --no-out-link "$lab/workloads/ok.nix" \
  >/dev/null 2>"$lab/selftest.log" 9>&- || { cat "$lab/selftest.log" >&2; exit 1; }
NIX_REMOTE=daemon NIX_PATH='' NIX_CONF_DIR=$lab/etc timeout 120 nix-build --no-out-link \
  -E "(import $lab/workloads/tools.nix).tools" >/dev/null 2>"$lab/selftest.log" 9>&- || { cat "$lab/selftest.log" >&2; exit 1; }
echo "$lab"
