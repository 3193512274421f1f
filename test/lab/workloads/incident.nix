# one bad build beside a good one: `what` is leak, wait or fill
{ what, steady ? "60" }: with import ./tools.nix; let
  bad = {
    leak = mk { pname = "leaking"; script = ''
      phase buildPhase; chunk=$(head -c 1048576 /dev/zero | tr '\0' x)
      for i in $(seq 2000); do a[$i]=$chunk; [ $((i % 15)) != 0 ] || { echo "linked $i objects"; sleep 1; }; done ''; };
    wait = mk { pname = "waiting"; script = ''
      phase checkPhase; echo "running 1 test"; mkfifo answer; read line < answer ''; };
    fill = mk { pname = "filling"; script = ''
      phase buildPhase; for i in $(seq 200); do head -c 8388608 /dev/zero >> objects; echo "wrote object $i"; sleep 1; done ''; };
  }.${what};
in [ bad (mk { pname = "steady"; script = "phase buildPhase; for i in $(seq ${steady}); do echo step $i; sleep 1; done"; }) ]
