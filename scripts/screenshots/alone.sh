#!/bin/bash
# Runs a command among processes of its own, with a nix-daemon of its own on the machine's store: nobody
# else's builds are in the picture, and when it ends the kernel ends everything that it started. Root only.
set -euo pipefail
if [ "$$" != 1 ]; then exec unshare --mount --pid --fork --mount-proc -- bash "$0" "$@"; fi
# Both hold files by pid or for one daemon; these are seen in here only.
for shared in daemon-socket temproots; do
  mkdir -p "/nix/var/nix/$shared"
  mount -t tmpfs -o mode=0755 none "/nix/var/nix/$shared"
done
NIXPULSE_LAB_DIR=$(mktemp -d "${TMPDIR:-/tmp}/nixpulse-pictures.XXXXXX")
export NIXPULSE_LAB_DIR
chmod 755 "$NIXPULSE_LAB_DIR"
trap 'rm -rf "$NIXPULSE_LAB_DIR"' EXIT
"$@"
