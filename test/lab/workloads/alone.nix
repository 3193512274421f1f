# Two builds that need nothing of each other; each says with how many cores it builds, and when.
with import ./tools.nix;
let one = pname: mk { inherit pname; script = ''
  begin=$EPOCHREALTIME; sleep 1; echo "$NIX_BUILD_CORES $begin $EPOCHREALTIME" > $out''; };
in [ (one "left") (one "right") ]
