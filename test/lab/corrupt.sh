#!/bin/bash
# Damages one store path of the tests: contents only, the database still calls it valid.
# Usage: corrupt.sh STOREPATH flip|truncate|delete|extra
# The store is the machine's own: refuses whatever is not named lab-store-*, and every link.
set -euo pipefail
path=${1:?store path} how=${2:?flip, truncate, delete or extra}
hash='[0-9a-df-np-sv-z]{32}'
if [[ ! $path =~ ^/[^[:space:]]*/$hash-lab-store-[0-9a-zA-Z.-]+$ || -L $path || ! -e $path ]]; then
  echo "not a store path of the tests: $path" >&2
  exit 2
fi
file=$path
if [ -d "$path" ]; then chmod u+w "$path"; file=$(find "$path" -type f | sort | head -1); fi
case $how in
  flip) chmod u+w "$file"; printf X | dd of="$file" bs=1 seek=100 conv=notrunc status=none ;;
  truncate) chmod u+w "$file"; truncate -s 10 "$file" ;;
  extra) echo extra >"$path/extra" ;;
  delete) chmod -R u+w "$path"; rm -rf "$path"; exit 0 ;;
  *) echo "unknown damage: $how" >&2; exit 2 ;;
esac
# As Nix leaves it: read-only, the first second of 1970.
chmod a-w "$file"
touch -d @1 "$file"
if [ -d "$path" ]; then chmod a-w "$path"; fi
