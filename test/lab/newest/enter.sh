#!/bin/bash
# enter.sh ROOT CHECKOUT NODE, in new mount, PID, UTS, IPC and cgroup namespaces: copies ROOT into memory, where the
# copy becomes /, with CHECKOUT at its own place, not to be written to; says `ready` and stays as pid 1.
set -euo pipefail
root=$1 checkout=$2 node=$3
umask 022
# Everything goes with the last process: nothing is mounted for the rest of the machine.
mount -t tmpfs -o mode=755,size=4g nixpulse-lab /mnt
cd /mnt
cp -a "$root/." .
mkdir -p proc sys dev run tmp mnt outside usr/local/bin ".$checkout"
mount -t proc proc proc
mount --rbind /dev dev
mount --bind /sys sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount --bind "$checkout" ".$checkout"
mount -o remount,bind,ro ".$checkout"
touch usr/local/bin/node
mount --bind "$node" usr/local/bin/node
cp -L /etc/resolv.conf etc/resolv.conf 2>/dev/null || :
chmod 1777 tmp
pivot_root . outside
umount -l /outside
cd /
hostname lab
echo ready
exec env -i PATH=/usr/sbin:/usr/bin HOME=/root tini -- sleep infinity
