# ends by itself after `t` s and succeeds; leaves one escapee that holds nothing open, so that Nix goes on
{ t ? "5" }: with import ./tools.nix; mk { pname = "retry"; version = "2.0"; script = ''
  phase buildPhase; ( setsid sleep 301 </dev/null >/dev/null 2>&1 & )
  for i in $(seq ${t}); do sleep 1; echo "second $i"; done ''; }
