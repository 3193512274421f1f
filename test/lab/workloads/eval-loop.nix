# evaluation in a pure loop: hears neither INT nor TERM, allocates nothing
let spin = n: if n < 0 then n else spin (n + 1); in spin 0
