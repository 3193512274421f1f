/** What compilers, linkers and make say inside a build. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, run, seen } from './entry.ts';

const lessAtOnce = run('try it again with one build on few cores', 'nix build --max-jobs 1 --cores 2');
const inputs = advise(
  'add the package to buildInputs (its headers are in the output dev, which comes with it); programs for the build to nativeBuildInputs',
);

export const builderCompile: readonly KnownMessage[] = [
  {
    id: 'compiler-killed',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /(?<driver>[\w+.-]+): (?:fatal error: Killed signal terminated program|internal compiler error: Killed \(program) (?<program>[^\s)]+)/,
        'g++: fatal error: Killed signal terminated program cc1plus',
        'NixOS/nixpkgs#304011',
      ),
      seen(
        /collect2: (?:fatal )?error: (?<program>\S+) terminated with signal 9/,
        'collect2: fatal error: ld terminated with signal 9 [Killed]',
        'llvm/llvm-project#65276',
      ),
      seen(
        /\(signal: 9, SIGKILL: kill\)/,
        "process didn't exit successfully: `rustc --crate-name fractal --edition=2021 src/main.rs` (signal: 9, SIGKILL: kill)",
        'NixOS/nixpkgs#371718',
      ),
      seen(
        /line \d+:\s+\d+ Killed (?<program>[^\n]+)/,
        '/nix/store/n4qv0ad1rg8rafppb4dh59n080m94bxy-stdenv-linux/setup: line 1300: 490128 Killed                  ./Setup build',
        'Carnap/Carnap#263',
      ),
    ],
    title: 'a compiler or linker was killed: most likely memory ran out',
    causes: [
      because(
        'more was compiled at once than there is memory for',
        'journalctl -k -b --no-pager | grep -iE "out of memory|oom-kill" | tail -3; free -h',
        lessAtOnce,
        configure('build less at once', ['nix.settings = { max-jobs = 2; cores = 4; };']),
        configure('add compressed swap', ['zramSwap.enable = true;']),
        advise('take it from a cache, or build it on a machine with more memory (nix.buildMachines)'),
      ),
      because(
        'a guard of the memory ended it (systemd-oomd, earlyoom, nohang)',
        'journalctl -b --no-pager | grep -iE "oomd|earlyoom|nohang" | tail -5',
        lessAtOnce,
      ),
    ],
    brings: ['make-stopped', 'rebuild-step-killed'],
  },
  {
    id: 'compiler-memory',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /(?<program>cc1plus|cc1|ld|lto1|as|[\w+./-]+): (?:out of memory allocating \d+ bytes|memory exhausted|virtual memory exhausted: Cannot allocate memory)/,
        'cc1plus: out of memory allocating 65536 bytes after a total of 1052672 bytes',
        'GCC, libiberty/xmalloc.c xmalloc_failed()',
      ),
      seen(/LLVM ERROR: out of memory/, 'LLVM ERROR: out of memory', 'LLVM, as people quote it'),
      seen(
        /(?:ghc|[\w-]+): (?:heap exhausted|Heap exhausted)|Heap exhausted;/,
        'agda: Heap exhausted;\nagda: Current maximum heap size is 3758096384 bytes (3584 MB).',
        'GHC, rts/hooks/OutOfHeap.c OutOfHeapHook()',
      ),
    ],
    title: 'a compiler did not get the memory that it asked for',
    causes: [
      because(
        'memory or a limit is used up',
        'free -h; ulimit -v',
        lessAtOnce,
        configure('add compressed swap', ['zramSwap.enable = true;']),
      ),
    ],
    brings: ['make-stopped', 'no-memory'],
  },
  {
    id: 'heap-too-small',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /FATAL ERROR: [^\n]*JavaScript heap out of memory/,
        'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
        'NixOS/nixpkgs#359891',
      ),
      seen(
        /java\.lang\.OutOfMemoryError: (?<what>[^\n]+)/,
        'java.lang.OutOfMemoryError: Java heap space',
        'OpenJDK, run',
      ),
    ],
    title: 'Node or Java used up the heap that it allows itself: the machine may have plenty',
    causes: [
      because(
        'its limit is lower than this build needs (Node: about 2 or 4 GB)',
        'free -h',
        configure('raise it in the package', [
          'env.NODE_OPTIONS = "--max-old-space-size=8192"; # Node',
          'env.JAVA_TOOL_OPTIONS = "-Xmx4g"; # Java, Gradle, Maven',
        ]),
        lessAtOnce,
      ),
    ],
    brings: ['make-stopped', 'npm-script'],
  },
  {
    id: 'header-missing',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /(?:(?<file>[^\s:]+):(?<line>\d+):\d+: )?fatal error: '?(?<header>[^\s:']+\.(?:h|hh|hpp|hxx|H))'?(?:: No such file or directory| file not found)/,
        '/build/source/libtypec.h:38:10: fatal error: libtypec_config.h: No such file or directory',
        'Rajaram-Regupathy/libtypec#27',
      ),
    ],
    title: 'the header {header} is not there',
    causes: [
      because(
        'the library that has it is no input of the package',
        'nix-locate --whole-name "include/{header}"',
        inputs,
      ),
      because(
        'it is made by another step of the build, which runs at the same time',
        null,
        run('try it with one core', 'nix build --cores 1'),
        configure(
          'if that helps: the package cannot build in parallel',
          ['enableParallelBuilding = false;'],
          'it builds more slowly',
        ),
      ),
    ],
    brings: ['make-stopped'],
  },
  {
    id: 'linker-library-missing',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /cannot find -l(?<library>[\w+.-]+)/,
        '/usr/bin/ld: cannot find -lnope: No such file or directory',
        'GNU ld 2.40, run',
      ),
      seen(
        /ld\.lld: error: unable to find library -l(?<library>[\w+.-]+)/,
        'ld.lld: error: unable to find library -lfoo',
        'lld, as people quote it with other libraries',
      ),
    ],
    title: 'the linker does not find the library {library}',
    causes: [
      because(
        'it is no input of the package, or only its static or only its shared form is there',
        'nix-locate --regex "lib/lib{library}\\.(so|a)$"',
        inputs,
        advise('for a static build take it from pkgsStatic, where libraries are static'),
      ),
    ],
    brings: ['make-stopped', 'linker-failed'],
  },
  {
    id: 'undefined-reference',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /undefined (?:reference to|symbol:?) [`'‘]?(?<symbol>[^'’\n]+)['’]?/,
        "b.c:(.text+0x5): undefined reference to `foo'",
        'GNU ld 2.40, run',
      ),
    ],
    title: 'something is used that no library has: {symbol}',
    causes: [
      because(
        'a library is missing on the link line, or its version has changed',
        null,
        inputs,
        configure('name it', ['env.NIX_LDFLAGS = "-lNAME";']),
      ),
      because(
        'parts were built with different compilers or C++ libraries',
        null,
        advise('build all of it with the same stdenv'),
      ),
    ],
    brings: ['make-stopped', 'linker-failed'],
  },
  {
    id: 'warnings-as-errors',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /(?:(?<file>[^\s:]+):(?<line>\d+):\d+: )?error: (?<said>[^\n]{1,500}?) \[-Werror[=,](?<warning>[\w+-]+)[^\]\n]*\]/,
        'c.c:1:19: error: implicit declaration of function ‘bar’ [-Werror=implicit-function-declaration]',
        'GCC 12, run',
      ),
    ],
    title: 'a warning of a newer compiler counts as an error ({warning})',
    causes: [
      because(
        'the package is older than the compiler',
        null,
        advise('take a newer version of the package, or of nixpkgs'),
        configure(
          'let it be a warning',
          ['env.NIX_CFLAGS_COMPILE = "-Wno-error={warning}";'],
          'what it warns of may be a real fault',
        ),
      ),
    ],
    brings: ['make-stopped'],
  },
  {
    id: 'compiler-crashed',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /internal compiler error: (?!Killed)(?<said>[^\n]+)/,
        'gcc: internal compiler error: Segmentation fault signal terminated program cc1',
        'GCC 12, run',
      ),
      seen(
        /clang[^\n]*: error: (?:unable to execute command: |clang frontend command failed[^\n]*)(?<said>[^\n]*)/,
        'clang: error: unable to execute command: Killed',
        'clang, as people quote it',
      ),
    ],
    title: 'the compiler itself failed',
    causes: [
      because(
        'memory ran out, or the hardware is unreliable (if it is another file each time)',
        'journalctl -k -b --no-pager | grep -iE "out of memory|mce|segfault" | tail -5',
        run('try it again with fewer cores', 'nix build --cores 1'),
        advise('if it is another file each time: test the memory (memtest86+)'),
      ),
      because(
        'a fault of the compiler, if it is always the same file',
        null,
        advise('build it with another version: gcc13Stdenv, clangStdenv'),
      ),
    ],
    brings: ['make-stopped'],
  },
  {
    id: 'compile-error',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /(?<file>[^\s:]+\.(?:c|cc|cpp|cxx|C|h|hh|hpp|m|mm|cu|f90|go|hs|java|kt|scala|swift|ts|tsx|vala|zig|ml)):(?<line>\d+)(?::\d+)?: (?:fatal )?error:? (?<said>[^\n]+)/,
        'd.c:1:16: error: ‘undefinedthing’ undeclared (first use in this function)',
        'GCC 12, run',
      ),
      seen(
        /(?<file>[^\s:]+\.go):(?<line>\d+):\d+: (?<said>(?:undefined|cannot use|"[^"\n]+" imported and not used|imported and not used|declared and not used|missing return|too many arguments|not enough arguments)[^\n]*)/,
        './main.go:5:2: "os" imported and not used',
        'Go, as people quote it',
      ),
      seen(
        /(?<file>[^\s(:]+\.tsx?)[(:](?<line>\d+)[,:]\d+\)?(?::| -) error (?<said>TS\d+: [^\n]+)/,
        "m.ts(1,28): error TS2345: Argument of type 'string' is not assignable to parameter of type 'number'.",
        'TypeScript 7, run',
      ),
      seen(
        /error(?:\[(?<code>E\d{4})\]): (?<said>[^\n]+)\s+--> (?<file>[^\s:]+):(?<line>\d+)/,
        'error[E0433]: cannot find module or crate `foo` in this scope\n --> src/main.rs:1:12',
        'rustc 1.95, run',
      ),
    ],
    title: 'the code does not compile: {said} ({file}, line {line})',
    causes: [
      because(
        'the package does not fit the version of a library or compiler in this nixpkgs',
        null,
        advise('see whether it is known: search the issues of nixpkgs for the name of the package'),
        advise('take another version of nixpkgs for this one package, as an input of its own'),
      ),
      because(
        'a patch, an overlay or an override of yours changed its inputs',
        'nix why-depends --derivation .#NAME nixpkgs#gcc',
        advise('try it without them'),
      ),
    ],
    brings: ['make-stopped'],
  },
  {
    id: 'linker-failed',
    from: 'builder',
    rank: 'consequence',
    wordings: [
      seen(
        /collect2: error: ld returned (?<code>\d+) exit status/,
        'collect2: error: ld returned 1 exit status',
        'GCC 12, run',
      ),
      seen(
        /linking with `(?<program>[^`]+)` failed: exit (?:status|code): (?<code>\d+)/,
        'error: linking with `cc` failed: exit status: 1',
        'rustc, as people quote it',
      ),
    ],
    title: 'the linker failed',
    causes: [
      because(
        'what it misses stands right above',
        null,
        advise('read the lines above that begin with ld or the name of a file'),
      ),
    ],
  },
  {
    id: 'make-stopped',
    from: 'builder',
    rank: 'consequence',
    wordings: [
      seen(
        /make(?:\[\d+\])?: \*\*\* (?:\[(?<target>[^\]\n]+)\] )?Error (?<code>\d+)/,
        'make[2]: *** [CMakeFiles/libtypec.dir/build.make:76: CMakeFiles/libtypec.dir/libtypec.c.o] Error 1',
        'Rajaram-Regupathy/libtypec#27',
      ),
      seen(
        /ninja: build stopped: (?<said>[^\n]+)/,
        'ninja: build stopped: subcommand failed.',
        'NixOS/nixpkgs#371718',
      ),
      seen(/compilation terminated\./, 'compilation terminated.', 'NixOS/nixpkgs#304011'),
      seen(
        /error: (?:could not compile|Recipe `(?<recipe>[^`]+)` failed)[^\n]*/,
        'error: could not compile `fractal` (bin "fractal") due to 1 previous error',
        'cargo, src/cargo/core/compiler/job_queue/mod.rs',
      ),
    ],
    title: 'make, ninja or cargo stopped, since a step failed',
    causes: [
      because(
        'the first error stands above, often far above, since several steps run at once',
        'nix log DRV | grep -nE "error:|undefined|fatal" | head',
        run(
          'build with one core, so that the error is the last thing it says',
          'nix build --cores 1 --print-build-logs',
        ),
      ),
    ],
  },
];
