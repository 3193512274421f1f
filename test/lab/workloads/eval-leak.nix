# evaluation that leaks memory, slowly enough to watch: `steps` lists of 60000 fresh integers stay referenced, with CPU work between them.
# ALWAYS run under a limit of address space (ulimit -v). SIGINT and SIGTERM may not stop an evaluation, SIGKILL does.
{ steps ? "300", work ? "21" }:
let fib = n: if n < 2 then n else fib (n - 1) + fib (n - 2);
    chunk = i: let l = builtins.genList (x: x + i) 60000; in builtins.deepSeq l l;
    kept = builtins.foldl' (acc: i: builtins.seq (fib (builtins.fromJSON work)) ([ (chunk i) ] ++ acc)) [ ] (builtins.genList (i: i) (builtins.fromJSON steps));
in builtins.length (builtins.concatLists kept)
