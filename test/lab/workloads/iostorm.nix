# I/O storm: big direct writes and fsync'ed blocks of 4 kB in the build directory for `secs`
{ secs ? "60", mb ? "64" }: with import ./tools.nix; mk { pname = "iostorm"; version = "1.0"; script = ''
  phase buildPhase; end=$(( $(date +%s) + ${secs} ))
  ( while [ $(date +%s) -lt $end ]; do dd if=/dev/zero of=big bs=1M count=${mb} conv=notrunc,fsync 2>/dev/null; done ) &
  ( n=0; while [ $(date +%s) -lt $end ]; do dd if=/dev/zero of=small$((n++ % 100)) bs=4k count=1 conv=fsync 2>/dev/null; done ) & wait ''; }
