#!/bin/sh
# Node inside the namespaces whose first process is $NIXPULSE_NEWEST; ends with whoever started it.
# IPC with it goes on: the open file and the variable that names it are handed on.
exec env -u TMPDIR -u NIX_REMOTE -u NIX_PATH HOME=/root PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  nsenter --target "$NIXPULSE_NEWEST" --mount --pid --uts --ipc --cgroup --wdns="$PWD" \
  setpriv --pdeathsig TERM /usr/local/bin/node "$@"
