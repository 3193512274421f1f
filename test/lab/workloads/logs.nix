# what logs are told apart by: a chain, a build that never stops talking, one that is killed from outside
with import ./tools.nix; rec {
  first = mk { pname = "first"; script = "phase buildPhase; echo one; sleep 1.5"; };
  second = mk { pname = "second"; dep = first; script = "phase configurePhase; phase buildPhase; echo two; sleep 1.5"; };
  third = mk { pname = "third"; dep = second; script = "phase buildPhase; echo three; sleep 1.5"; };
  chain = mk { pname = "chain"; dep = third; script = "phase buildPhase; echo four; sleep 1"; };
  chatty = mk { pname = "chatty"; script = "phase checkPhase; for i in $(seq 600); do echo still $i; sleep 0.2; done"; };
  silent = mk { pname = "silent"; script = "phase checkPhase; echo 'running tests'; sleep 600"; };
  after = mk { pname = "after"; dep = silent; script = "echo never"; };
  # a failure three levels down
  broken = mk { pname = "broken"; script = "phase buildPhase; echo oops; exit 3"; };
  above = mk { pname = "above"; dep = broken; script = "echo never"; };
  higher = mk { pname = "higher"; dep = above; script = "echo never"; };
  deep = mk { pname = "deep"; dep = [ higher first ]; script = "echo never"; };
  brief = mk { pname = "brief"; script = "phase buildPhase; echo brief; sleep 0.5"; };
  remote = mk { pname = "remote"; script = "phase buildPhase; for i in $(seq 20); do echo line $i; sleep 0.15; done"; };
  held = mk { pname = "held"; script = "phase checkPhase; echo 'running tests'; sleep 5"; };
  # waits until its cgroup is small, then wants 400 MB
  hungry = mk { pname = "hungry"; script = ''
    phase buildPhase; echo 'linking'; sleep 3
    chunk=$(head -c 1048576 /dev/zero | tr '\0' x); for i in $(seq 400); do a[$i]=$chunk; done; sleep 60''; };
  waiting = mk { pname = "waiting"; script = "phase buildPhase; echo 'waiting for a signal'; sleep 600"; };
}
