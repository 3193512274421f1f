# `n` builds to be killed: each a tree of 25 sleeping processes below a builder that has `tag`-builder in its command line
{ tag, n ? "2", secs ? "300" }: with import ./tools.nix;
builtins.genList (i: mk {
  pname = "${tag}x${toString i}"; version = "1.0"; args = [ "-e" stdenvScript "${tag}-builder" ];
  script = ''
    phase buildPhase
    for j in $(seq 8); do gcc -c 'cc1plus -c "sleep ${secs}; :" & wait' & done; wait '';
}) (builtins.fromJSON n)
