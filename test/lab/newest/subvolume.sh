#!/bin/bash
# subvolume.sh COMMAND…, in a mount namespace of its own: becomes COMMAND where / is a folder of its file system, as
# on a btrfs subvolume: `/@` is the root of every process's row of `/` in mountinfo.
set -euo pipefail
mkdir -p /@/outside
mount --bind /@ /@
for entry in /*; do
  case $entry in
    /@ | /outside) continue ;;
  esac
  if [ -L "$entry" ]; then cp -a --no-target-directory "$entry" "/@$entry"; continue; fi
  mkdir -p "/@$entry"
  mount --rbind "$entry" "/@$entry"
done
cd /@
busybox pivot_root . outside
umount -l /outside
cd /
exec "$@"
