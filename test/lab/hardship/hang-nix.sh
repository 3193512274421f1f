#!/bin/bash
# hang-nix.sh COMMAND...: runs it where /nix answers nothing. In a mount namespace of its own.
coproc python3 "$(dirname "$0")/hang.py" /nix
read -r _ <&"${COPROC[0]}" || exit 1
"$@"
code=$?
kill "$COPROC_PID"
exit "$code"
