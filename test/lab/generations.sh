#!/bin/bash
# generations.sh LAB PROFILE RUN: four real generations of a fake NixOS in PROFILE, what they switch below RUN.
# The third is booted, the fourth the default and running. Prints their store paths, oldest first.
# With --add ARG…: one more generation, its arguments as nixos-gen.nix takes them; prints its store path.
set -euo pipefail
add=no
if [ "${1:-}" = --add ]; then add=yes; shift; fi
lab=$1 profile=$2 run=$3
shift 3
mkdir -p "$run/nixos"

one() {
  local path
  path=$(NONCE=generations NIX_PATH='' NIX_REMOTE=daemon NIX_CONF_DIR="$lab/etc" timeout 120 \
    nix-build --no-out-link "$lab/workloads/nixos-gen.nix" --argstr run "$run" "$@" 2>"$run/build.log") ||
    { cat "$run/build.log" >&2; exit 1; }
  nix-env -p "$profile" --set "$path"
  echo "$path"
}

if [ $add = yes ]; then one "$@"; exit; fi
one --argstr ver 24.05.20240601.1111111 --argstr kver 6.6.32 --argstr package jq-1.7
one --argstr ver 24.11.20241101.2222222 --argstr kver 6.6.58 --argstr package jq-1.7.1
third=$(one --argstr ver 24.11.20241215.3333333 --argstr kver 6.6.66 --argstr package jq-1.7.1)
fourth=$(one --argstr ver 25.05.20250601.4444444 --argstr kver 6.12.31 --argstr package ripgrep-14.1.1)
ln -sfn "$third" "$run/booted-system"
ln -sfn "$fourth" "$run/current-system"
printf '%s\n' "$third" "$fourth"
