/** What Nix says of a build that ended well, and made not what it had to. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, run, seen, where } from './entry.ts';
import { words } from './words.ts';

export const nixOutputs: readonly KnownMessage[] = [
  {
    id: 'output-missing',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("builder for '<drv>' failed to produce output path for output '<output>' at"),
        "error: builder for '/mx/store/r9wbl480q4wx6z8cw0cl6a8zs65m9rml-x.drv' failed to produce output path for output 'out' at '/mx/store/1p21hg8s6d3937b7710a717v8gckmmqc-x'",
        'Nix 2.8.0 (and 2.34.8, in double quotes)',
        { since: '2.4' },
      ),
      seen(
        words("failed to produce output path '<output>'"),
        "builder for '/nix/store/x.drv' failed to produce output path '/nix/store/1p21hg8s6d3937b7710a717v8gckmmqc-x'",
        'NixOS/nix tag 2.3, src/libstore/build.cc',
        { until: '2.3' },
      ),
    ],
    title: 'the build ended well and made no output {output}',
    causes: [
      because(
        'its installPhase does nothing, writes elsewhere, or make install ignored the prefix',
        null,
        advise('let installPhase write below $out (mkdir -p $out), or set makeFlags to PREFIX=$(out)'),
      ),
      where(
        { output: /^(?!out$|\/)/ },
        because(
          'the output is listed in outputs, and nothing is put there',
          null,
          advise('write something below its path, or take it out of outputs'),
        ),
      ),
    ],
    brings: ['dependency-failed', 'builds-failed'],
    sameAs: ['no-output'],
  },
  {
    id: 'output-cycle',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words(
          "cycle detected in build of '<drv>' in the references of output '<output>' from output '<other>'",
        ),
        "error: cycle detected in build of '/mx/store/wxkxm7isi94rbggqfgpy4ypdyjxc950l-x.drv' in the references of output 'b' from output 'out'",
        'Nix 2.8.0 and 2.34.8, two outputs that name each other',
        { since: '2.4' },
      ),
      seen(
        words("cycle detected in the references of '<output>' from '<other>'"),
        "error: cycle detected in the references of '/nix/store/a-x-b' from '/nix/store/b-x'",
        'NixOS/nix tag 2.3, src/libstore/build.cc',
      ),
    ],
    title: 'two outputs of a build need each other',
    causes: [
      because(
        'files of one output name the other one, and the other way round (pkg-config files, scripts, paths in libraries)',
        null,
        run('find who names whom', 'grep -r /nix/store RESULT'),
        advise('move what names it (moveToOutput), or take an output out of outputs'),
      ),
    ],
    brings: ['dependency-failed', 'builds-failed'],
    sameAs: ['cycle'],
  },
  {
    id: 'reference-forbidden',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("output '<output>' is not allowed to refer to the following paths: <path:word>"),
        "error: output '/mx/store/v0p5dln8ii4045p5clwwjafy9ni4541b-x' is not allowed to refer to the following paths:\n         /mx/store/v0p5dln8ii4045p5clwwjafy9ni4541b-x",
        'Nix 2.8.0 and 2.34.8, allowedReferences = []',
      ),
      seen(
        words("output '<output>' is not allowed to refer to path '<path>'"),
        "error: output '/nix/store/v0p5dln8ii4045p5clwwjafy9ni4541b-x' is not allowed to refer to path '/nix/store/padsyvdxzz5mjjm97f20rpnn8by77prr-gcc-13.3.0'",
        'NixOS/nix tag 2.8.0, src/libstore/build/local-derivation-goal.cc',
      ),
    ],
    title: '{output} names {path}, which its derivation forbids',
    causes: [
      because(
        'the path of a compiler or a source stands in a file of it (allowedReferences, disallowedReferences)',
        'nix why-depends --all {output} {path}',
        advise('take it out in postInstall: remove-references-to -t PATH FILE'),
      ),
    ],
    brings: ['dependency-failed', 'builds-failed'],
  },
  {
    id: 'not-deterministic',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: derivation '<drv>' may not be deterministic: output '<output>' differs"),
        "error: derivation '/mx/store/8f96596gfrkdbz9z5vj5gnqq8jzc5bl6-x.drv' may not be deterministic: output '/mx/store/2ql8x8xcdss5w6xd7fv1lak77x4mh40y-x' differs",
        'Nix 2.8.0 and 2.34.8, nix-build --check',
      ),
    ],
    title: 'built twice, it came out different',
    causes: [
      because(
        'times, random numbers, the order of files or of threads got into the result',
        null,
        run('keep the second one, to compare', 'nix build --rebuild --keep-failed INSTALLABLE'),
        advise('compare both with diffoscope'),
      ),
      because(
        'memory or a disk has errors: then other packages differ, too',
        'dmesg --level err,warn | tail',
        advise('look for errors: nixpulse diagnose'),
      ),
    ],
    sameAs: ['not-deterministic'],
  },
  {
    id: 'check-impossible',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: some outputs of '<drv>' are not valid, so checking is not possible"),
        "error: some outputs of '/mx/store/rq1mrv90ra074i97v9zbhbj0qqj0dmq9-x.drv' are not valid, so checking is not possible",
        'Nix 2.8.0 and 2.34.8, nix-build --check',
      ),
    ],
    title: '{drv} was never built here, so there is nothing to compare with',
    causes: [
      because(
        '--check and --rebuild build a second time',
        null,
        run('build it once before', 'nix build {drv}^*'),
      ),
    ],
  },
];
