# The incident's rebuild: five builds with names from life, whose load is made up. Compilers are bash under another
# name with their script on stdin, so that command lines read like real ones; the memory that they hold they also use.
{ secs }: with import ./tools.nix;
let
  build = pname: version: script: mk { inherit pname version secs; script = ''
    # compiler, MB, seconds, arguments as they are to be seen
    run() {
      local cc=$1 mb=$2 s=$3; shift 3
      $cc -s -- "$@" <<<"printf -v b %1048576s \"\"; for ((j = 0; j < $mb; j++)); do a[j]=\$b; done
        while ((SECONDS < $s)); do for ((j = 0; j < $mb; j++)); do c=\''${a[j]}; done; for ((k = 0; k < 40000; k++)); do :; done; rest 0.15; done"
    }
    # the same for each source file in turn, again and again
    compile() {
      local cc=$1 mb=$2 s=$3; shift 3
      while ((SECONDS < secs)); do for file; do run $cc $mb $s -O2 -c $file -o ''${file%.*}.o; done; done
    }
    rest() { [ -p /tmp/rest$BASHPID ] || mkfifo /tmp/rest$BASHPID; exec 9<>/tmp/rest$BASHPID; read -t $1 -u 9 || :; }
    export -f run compile rest
    ${script} ''; };
in rec {
  firefox = build "firefox" "130.0" ''
    phase configurePhase; rest 4
    phase buildPhase
    make -s -- -j2 -C obj <<<'
      compile cc1plus 34 9 gfx/angle/checkout/src/compiler/translator/{Compiler,ParseContext,Types}.cpp &
      compile cc1plus 42 11 gfx/angle/checkout/src/libANGLE/renderer/{vk,gl}.cpp & wait'
    phase installPhase '';
  linux = build "linux" "6.12" ''
    phase buildPhase; secs=$((secs - 20))
    make -s -- -j1 bzImage <<<'compile cc1 14 7 drivers/gpu/drm/amd/display/{dc,dml,link}.c & wait'
    phase installPhase '';
  # A linker that grows by 7 MB a second and looks at all that it holds again and again.
  webkitgtk = build "webkitgtk" "2.46.1" ''
    phase buildPhase; run cc1plus 30 14 -O2 -c Source/JavaScriptCore/runtime/JSArray.cpp
    phase linkPhase
    ld -s -- -o libwebkitgtk-6.0.so --gc-sections @objects.rsp <<<'printf -v b %1048576s ""; begun=$SECONDS
      while ((SECONDS < secs)); do
        while ((''${#a[@]} < 7 * (SECONDS - begun) && ''${#a[@]} < 508)); do a+=("$b"); done
        for ((j = 0; j < ''${#a[@]}; j++)); do c=''${a[j]}; done; rest 0.7
      done' '';
  # Unpacks calmly for a while, then with all it has.
  texlive = build "texlive" "2024" ''
    phase unpackPhase; end=$((secs * 7 / 10))
    while ((SECONDS < secs * 3 / 10)); do dd if=/dev/zero of=texmf.tar bs=64k count=24 oflag=direct conv=notrunc 2>/dev/null; rest 0.5; done
    for n in 1 2 3 4 5 6; do
      while ((SECONDS < end)); do dd if=/dev/zero of=fonts$n bs=256k count=32 oflag=direct conv=notrunc 2>/dev/null; done &
    done; wait
    phase installPhase; rest 8 '';
  # Waits for a lock that nobody will ever give.
  postgresql = build "postgresql" "16.4" ''
    phase buildPhase; run cc1 12 6 -O2 -c src/backend/optimizer/plan/planner.c
    phase checkPhase; make -s -- -C src/test/regress check <<<'rest $((secs * 9))' '';
  toplevel = mk { pname = "nixos-system-lab"; version = "24.11"; script = "echo ${firefox} ${linux} ${webkitgtk} ${texlive} ${postgresql} >$out"; };
}
