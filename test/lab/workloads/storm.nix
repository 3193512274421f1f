# forking storms: `kind` chain (one process that forks its successor and ends), swarm (many that fork and end), away (each in a session of its own)
{ kind ? "swarm", width ? "8" }: with import ./tools.nix; mk { pname = "storm"; version = "1.0"; script = ''
  phase buildPhase
  case ${kind} in
    chain) chain() { chain & exit; }; ( chain ) & ;;
    swarm) for i in $(seq ${width}); do ( while :; do ( : ) & ( : ); wait; done ) & done ;;
    away) away() { while :; do setsid bash -c 'sleep 0.05; exec sleep 0.05' </dev/null >/dev/null 2>&1 & sleep 0.02; done; }
      for i in $(seq ${width}); do setsid bash -c "$(declare -f away); away" </dev/null >/dev/null 2>&1 & done ;;
  esac
  sleep 600 ''; }
