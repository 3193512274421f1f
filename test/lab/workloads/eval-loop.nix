# evaluation that never ends, at constant memory; it hears neither INT nor TERM
let fib = n: if n < 2 then n else fib (n - 1) + fib (n - 2); in fib 90
