# one build of `n` processes besides its builder, for measuring how long its end takes
{ n ? "199", secs ? "600" }: with import ./tools.nix; mk { pname = "wide"; version = "1.0"; script = ''
  phase buildPhase; for i in $(seq ${n}); do sleep ${secs} & done; echo "all up"; wait ''; }
