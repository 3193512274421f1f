/**
 * What a target of a deployment is asked, in one session: a POSIX sh script that reads and prints, writes no file and
 * changes nothing. It stands on the command line of ssh in single quotes, which sh, bash, zsh and fish all take as they
 * are, so it has neither a single quote nor a backslash in it.
 */

/** Everything is a line of a part: `== name` begins one, its lines stand behind a blank. Parsed by parse/target-report.ts. */
const script = `LC_ALL=C
PATH=$PATH:/run/wrappers/bin:/run/current-system/sw/bin:/nix/var/nix/profiles/default/bin:/usr/sbin:/sbin:/usr/bin:/bin
export LC_ALL PATH
exec 2>/dev/null </dev/null
has() { command -v "$1" >/dev/null; }
brief() { if has timeout; then timeout 5 "$@"; else "$@"; fi; }
part() { echo "== $1"; shift; "$@" | sed "s/^/ /"; }
root= how=none
account() {
  echo "$(id -u) $(id -un) $how"
  id -Gn
}
kernel() { uname -s; uname -m; uname -r; }
tools() {
  for t in tar cpio curl wget ip nix zpool cryptsetup; do has $t && echo $t; done
  has setsid && setsid --wait true && echo setsid
}
rooms() {
  for p in / /nix/store /nix/.rw-store /boot /boot/efi /efi; do
    [ -e $p ] && echo "$p $(brief df -Pk $p | tail -n 1)"
  done
}
disks() {
  for d in /sys/class/block/*; do
    n=\${d##*/} s=$(cat $d/size)
    [ "\${s:-0}" -gt 0 ] || continue
    p=-
    if [ -e $d/partition ]; then p=$(readlink -f $d); p=\${p%/*}; p=\${p##*/}; fi
    echo "disk $n $s $(cat $d/ro) $p"
    [ -r $d/device/model ] && echo "model $n $(cat $d/device/model)"
    [ -r $d/dm/name ] && echo "mapping $n $(cat $d/dm/name)" && echo "id $n $(cat $d/dm/uuid)"
    for b in $d/slaves/*; do [ -e $b ] && echo "below $n \${b##*/}"; done
  done
}
links() {
  for l in /dev/disk/by-*/* /dev/mapper/*; do
    [ -h "$l" ] && echo "$(readlink -f "$l") $l"
  done
}
pools() { has zpool && brief $root zpool list -v -H -L -P; }
zfs() {
  [ -d /sys/module/zfs ] && echo "loaded $(cat /sys/module/zfs/version)"
  v=$(brief modinfo -F version zfs) && echo "found $v"
  echo asked
}
firmware() {
  [ -d /sys/firmware ] && echo asked
  [ -d /sys/firmware/efi ] && echo "efi $(cat /sys/firmware/efi/fw_platform_size)"
  [ -e /sys/class/tpm/tpm0 ] && echo tpm
}
boot() {
  for f in kernel initrd; do
    [ -e /run/current-system/$f ] && echo "$f $(wc -c </run/current-system/$f)"
  done
}
settings() {
  x="--extra-experimental-features nix-command"
  brief nix $x config show || brief nix $x show-config
}
nix_() {
  has nix || return
  nix --version
  settings | grep -E "^(trusted-users|min-free|max-free) ="
}
cache() {
  if has curl; then c=$(brief curl -s -o /dev/null -m 4 -w "%{http_code}" "$1/nix-cache-info"); echo "\${c:-0} $1"
  elif brief wget -q -T 4 -O /dev/null "$1/nix-cache-info"; then echo "200 $1"; else echo "0 $1"; fi
}
caches() {
  has curl || has wget || return
  u=
  if has nix; then u=$(settings | sed -n "s/^substituters = //p"); fi
  n=0
  for c in \${u:-https://cache.nixos.org}; do
    case $c in http://*|https://*) ;; *) continue ;; esac
    n=$((n + 1))
    [ $n -gt 4 ] || cache "\${c%/}" &
  done
  wait
}
echo "nixpulse target 1"
if [ "$(id -u)" = 0 ]; then how=root
elif has sudo && brief sudo -n true; then how=sudo root="sudo -n"
elif has doas && brief doas -n true; then how=doas root="doas -n"
fi
part time date +%s
part account account
part release cat /etc/os-release
part kernel kernel
has systemd-detect-virt && part container systemd-detect-virt --container
part tools tools
part memory grep -E "^(MemTotal|MemAvailable|SwapTotal):" /proc/meminfo
part mounts cat /proc/self/mountinfo
part rooms rooms
part disks disks
part links links
part swaps cat /proc/swaps
part pools pools
part zfs zfs
part firmware firmware
part hostid brief hostid
part boot boot
part nix nix_
part caches caches
echo "== end"`;

/** As the one word that ssh hands to the shell of the account. */
export const targetCommand = `sh -c '${script}'`;
