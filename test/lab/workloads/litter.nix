# a build directory that takes Nix some time to remove
{ files ? "30000", t ? "600" }: with import ./tools.nix; mk { pname = "litter"; version = "1.0"; script = ''
  phase buildPhase; mkdir files; cd files; seq ${files} | xargs touch; touch ../full; sleep ${t} ''; }
