# counts seconds of its own work: succeeds only if it did all `n` of them itself; one escapee works along
{ n ? "6" }: with import ./tools.nix; mk { pname = "count"; version = "1.0"; script = ''
  phase buildPhase; ( setsid bash -c 'while :; do sleep 0.2; done' </dev/null >/dev/null 2>&1 & )
  for i in $(seq ${n}); do bash -c 'end=$(( $(date +%s) + 1 )); while [ $(date +%s) -lt $end ]; do :; done'; echo "counted $i"; done ''; }
