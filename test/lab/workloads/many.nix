# `n` silent builds at once, each with a child
{ n ? "7", secs ? "600" }: with import ./tools.nix;
builtins.genList (i: mk { pname = "many${toString i}"; version = "1.0"; script = "phase buildPhase; sleep ${secs} & wait"; }) (builtins.fromJSON n)
