# Paths to damage, of one nonce each: files only, bash is their one tool.
{ nonce ? builtins.getEnv "NONCE" }:
let
  bash = builtins.path { path = ./bin/bash; name = "lab-store-bash"; };
  make = name: script: derivation {
    name = "lab-store-${name}"; system = builtins.currentSystem; builder = bash; inherit nonce;
    args = [ "-c" ''for i in {1..200}; do echo "$nonce $name $i"; done >$out; ${script}'' ];
  };
in rec {
  sound = make "sound" "";
  flipped = make "flipped" "";
  truncated = make "truncated" "";
  deleted = make "deleted" "";
  referred = make "referred" "";
  referrer = make "referrer" "echo ${referred} >>$out";
  # 200 MB: checking it takes a moment.
  large = make "large" "printf -v piece '%1048576s' $nonce; for i in {1..200}; do printf '%s' \"$piece\"; done >>$out";
  # Nothing refers to what it uses once it is built; waits 4 s without a sleep(1).
  slow = make "slow" "coproc { read -r _; }; read -t 4 -r _ <&\${COPROC[0]}; [ -s ${sound} ]";
}
