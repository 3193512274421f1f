# escapees: double fork + setsid; the builder itself ends after `t` s, the escapees want to live 300 s
{ t ? "20" }: with import ./tools.nix; mk { pname = "escape"; version = "1.0"; script = ''
  phase buildPhase; ( setsid bash -c 'exec sleep 301' </dev/null >/dev/null 2>&1 & )
  ( setsid bash -c 'for i in $(seq 300); do sleep 1; done' daemonized & ) ; sleep ${t}; echo "leaving two escapees behind" ''; }
