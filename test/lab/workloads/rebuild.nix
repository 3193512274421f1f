# `builds` builds of about 20 processes each, as a rebuild has them: make, shells, gcc and cc1plus with the long
# command lines of the compiler's wrapper, which come and go every few seconds. Mostly asleep: two cores suffice.
{ secs ? "600", builds ? "10", jobs ? "4" }: with import ./tools.nix;
let
  # Grows and rests, grows and rests.
  compiler = builtins.toFile "compiler.sh" ''
    for step in 1 2 3 4 5 6 7 8; do
      read -t 0.$((3 + RANDOM % 4)) <&9
      for k in {1..60}; do text=x$text$k; done; text=$text$text; text=''${text:0:$((RANDOM * 8))}
    done
  '';
  driver = builtins.toFile "driver.sh" ''
    cc1plus ${compiler} -quiet "$@" -dumpbase -mtune=generic -march=x86-64 -Wall -std=c++20 -fPIC -o /build/cc$RANDOM.s; :
  '';
  slot = builtins.toFile "slot.sh" ''
    n=0
    while [ $SECONDS -lt ${secs} ]; do
      n=$((n + 1))
      gcc ${driver} $flags -D_FORTIFY_SOURCE=3 -DNDEBUG -O2 -c src/module$1/file$n.cc -o file$n.o
    done
  '';
  idle = builtins.toFile "idle.sh" "read <&9";
  build = i: mk {
    pname = "package${toString i}"; version = "1.${toString i}"; inherit slot;
    script = ''
      phase unpackPhase; phase configurePhase; phase buildPhase
      for k in $(seq 18); do
        flags="$flags -isystem /nix/store/0c${toString i}4k5yv9xkfxr1m7zw6bq2p3n8d0s$k-libdependency$k-2.$k.1-dev/include"
      done
      export flags
      mkfifo never; exec 9<>never
      for name in ninja python3.11 cmake ld; do $name ${idle} -G "Unix Makefiles" -S /build/source & idle="$idle $!"; done
      for k in $(seq ${jobs}); do make ${slot} $k & slots="$slots $!"; done
      wait $slots; kill $idle; phase installPhase
    '';
  };
in builtins.genList build (builtins.fromJSON builds)
