#!/bin/bash
# Ends the daemon that up.sh started, if it did, with everything below it. Never another daemon.
lab=${NIXPULSE_LAB_DIR:-${TMPDIR:-/tmp}/nixpulse-lab}
[ -s "$lab/daemon.pid" ] || exit 0
pid=$(cat "$lab/daemon.pid")
rm -f "$lab/daemon.pid"
tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q '^nix-daemon --daemon' || exit 0
below() { local child; for child in $(cat "/proc/$1"/task/*/children 2>/dev/null); do echo "$child"; below "$child"; done; }
all=$(below "$pid")
kill -TERM "$pid"
for _ in $(seq 50); do [ -d "/proc/$pid" ] || break; sleep 0.1; done
# Workers ignore TERM, and builders outlive their daemon.
for one in $pid $all; do kill -KILL "$one" 2>/dev/null; done
rm -f /nix/var/nix/daemon-socket/socket
exit 0
