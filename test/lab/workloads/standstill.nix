# builds that stand still, or seem to: `how` is fifo, spin, sleep or zombie
{ how }: with import ./tools.nix; mk { pname = "standstill-${how}"; version = "1.0"; script = ''
  phase checkPhase
  mkfifo fifo
  case ${how} in
    fifo) read line < fifo;;
    spin) while :; do :; done;;
    sleep) sleep 600;;
    # its child ends, and what it has become never waits for it
    zombie) bash -c 'bash -c "exit 3" & exec cat fifo';;
  esac ''; }
