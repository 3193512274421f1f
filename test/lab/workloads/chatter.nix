# prints `n` lines as quickly as it can, in one phase
{ n ? "1000" }: with import ./tools.nix; mk { pname = "chatter"; version = "1.0"; script = ''
  phase buildPhase; seq ${n} | sed 's/$/ lines of a build that says much and does nothing/'; phase installPhase''; }
