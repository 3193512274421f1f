# an honest heavy build: grows `rate` MB/s to `size` MB, reads the last `hot` MB at each step, then all of it `passes` times, and ends
{ name ? "heavy", size ? "300", rate ? "60", hot ? size, passes ? "10" }: with import ./tools.nix; mk { pname = name; version = "1.0"; script = ''
  phase buildPhase; chunk=$(head -c 1048576 /dev/zero | tr '\0' x); i=0
  read_from() { local k; for ((k = $1 < 0 ? 0 : $1; k < i; k++)); do b=''${a[$k]}; done; }
  while ((i < ${size})); do
    for ((j = 0; j < ${rate}; j++)); do a[$i]=$chunk; i=$((i + 1)); done; read_from $((i - ${hot})); echo "holds $i MB"; sleep 1
  done
  for ((pass = 0; pass < ${passes}; pass++)); do read_from 0; done; echo "read all of it ${passes} times" ''; }
