# What a rebuild looks like, for pictures: compilers with memory and source files, a linker that grows by `rate` MB/s up to
# `max` MB, an unpacker that storms the disk, tests that wait for nothing, and one that is soon over; all end after `secs`.
# Compilers are bash under another name with their script on stdin, so that command lines read like real ones.
{ secs ? "300", rate ? "14", max ? "1800" }: with import ./tools.nix;
let
  build = pname: version: script: mk { inherit pname version secs rate max; script = ''
    # compiler, MB, seconds, arguments as they are to be seen
    run() {
      local cc=$1 mb=$2 s=$3; shift 3
      $cc -s -- "$@" <<<"printf -v a %*s $((mb << 20)) \"\"; while ((SECONDS < $s)); do for ((k = 0; k < 5000; k++)); do :; done; done"
    }
    # the same for each source file in turn, again and again
    compile() {
      local cc=$1 mb=$2 s=$3; shift 3
      while ((SECONDS < secs)); do for file; do run $cc $mb $s -O2 -c $file -o ''${file%.*}.o; done; done
    }
    export -f run compile
    phase buildPhase
    ${script} ''; };
in {
  firefox = build "firefox" "130.0" ''
    make -s -- -j3 -C obj <<<'
      compile cc1plus 110 9 gfx/angle/checkout/src/compiler/translator/{Compiler,ParseContext,Types}.cpp &
      compile cc1plus 90 7 gfx/angle/checkout/src/libANGLE/{Context,Program,State}.cpp &
      compile cc1plus 120 11 gfx/angle/checkout/src/libANGLE/renderer/{vk,gl}.cpp & wait' '';
  linux = build "linux" "6.12" ''
    make -s -- -j2 bzImage <<<'
      compile cc1 24 8 drivers/gpu/drm/amd/display/{dc,dml,link}.c &
      compile cc1 21 9 drivers/gpu/drm/amd/pm/{smu,power}.c & wait' '';
  llvm = build "llvm" "18.1.8" ''
    ninja -s -- -j1 <<<'compile cc1plus 190 7 lib/Target/X86/X86{ISelLowering,InstrInfo,FastISel}.cpp; :' '';
  rustc = build "rustc" "1.80.1" "run rustc 240 $secs --crate-name rustc_middle compiler/rustc_middle/src/lib.rs";
  webkitgtk = build "webkitgtk" "2.46.0+abi=4.1" "python3.11 -s -- Tools/Scripts/run-gtk-tests <<<'mkfifo /tmp/pause; exec 9<>/tmp/pause; read -t $secs -u 9; :'";
  chromium = build "chromium" "129.0.6668.89" ''
    ld -s -- -o chrome --gc-sections @chrome.rsp <<<'printf -v chunk %*s $((1 << 20)) ""; mkfifo /tmp/pause; exec 9<>/tmp/pause
      while ((SECONDS < secs)); do
        for ((j = 0; j < rate && ''${#a[@]} < max; j++)); do a+=("$chunk"); done; read -t 1 -u 9
      done' '';
  texlive = build "texlive" "2024" ''
    while ((SECONDS < secs)); do dd if=/dev/zero of=texmf-dist.tar bs=48k count=4000 oflag=direct conv=notrunc 2>/dev/null; done &
    while ((SECONDS < secs)); do dd if=/dev/zero of=fonts bs=4k count=1 conv=fsync 2>/dev/null; sleep 0.05; done & wait '';
  openssl = build "openssl" "3.3.2" "run cc1 20 20 -O2 -c crypto/sha/sha512.c";
}
