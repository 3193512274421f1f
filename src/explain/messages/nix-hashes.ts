/** What Nix says of content that is not what was announced. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, run, seen, where } from './entry.ts';
import { words } from './words.ts';

export const nixHashes: readonly KnownMessage[] = [
  {
    id: 'archive-broken',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /error: [Ff]ailed to (?:open|read|extract) archive \((?<why>(?!Source threw)[^)]+)\)/,
        'error: Failed to open archive (Lzma library error:  No progress is possible)',
        'Nix 2.8.0 and 2.34.8, a cache with a cut file',
      ),
    ],
    title: 'what was downloaded is no whole archive: {why}',
    causes: [
      because(
        'the download was cut, or a page with an error came instead of the file',
        'curl -sI URL',
        advise('try again; behind a portal or proxy log in first'),
      ),
      because(
        'the file in the cache is damaged',
        null,
        run('build it instead', 'nix build --fallback INSTALLABLE', 'building may take long'),
        advise('tell those who run the cache'),
      ),
    ],
    brings: ['no-substituter', 'builds-failed'],
  },
  {
    id: 'download-hash',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words(
          "error: hash mismatch in file downloaded from '<url>': specified: <specified:word> got: <got:word>",
        ),
        "error: hash mismatch in file downloaded from 'https://github.com/nixos/nixpkgs/archive/9a17f325397d137ac4d219ecbd5c7f15154422f4.tar.gz':\n         specified: sha256:0vmkvi5x46q14dapiq134bcn8g1frsi9mcmi1ap9h47im1zlv2fq\n         got:       sha256:1an6mzhrrawr696swhn5pk71k00xq5p4vp186rcfyj9f9zx27707",
        'fort-nix/nix-bitcoin#500',
        { since: '2.1' },
      ),
    ],
    title: '{url} does not hold what the expression expects',
    causes: [
      because(
        'the address serves another version than it did, or the hash was copied from another one',
        'nix-prefetch-url --unpack {url}',
        advise(
          'use an address that names a version; put {got} in if the change is wanted',
          'a changed content is trusted thereby: look at it first',
        ),
      ),
    ],
  },
  {
    id: 'imported-hash',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("hash mismatch importing path '<path>'; specified: <specified:word> got: <got:word>"),
        "error: hash mismatch importing path '/nix/store/4q7ahz8ww50d8yjww6rla5zfgc98swqg-zapret-71.1.1';\n         specified: sha256-T1bh7zZOaEQtd4d0JqqfJoMhyfkVKDbTiqhKOuz6MgQ=\n         got:       sha256-dT75RNXKZ7tqerrTAG/4sNU/zIMKRc18pEtgJkcUboQ=",
        'NixOS/nix tag 2.34.0, src/libstore/local-store.cc',
      ),
    ],
    title: 'what came for {path} is not what was announced',
    causes: [
      because(
        'the download was damaged on its way, or the cache holds a damaged file',
        null,
        advise('try again; if it stays, build it: --fallback'),
        advise('tell those who run the cache'),
      ),
      because(
        'memory or a disk has errors',
        'dmesg --level err,warn | tail',
        advise('look for errors: nixpulse diagnose'),
      ),
    ],
    brings: ['no-substituter', 'paths-unknown', 'substitutes-failed', 'builds-failed'],
  },
  {
    id: 'fixed-output-hash',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words(
          "hash mismatch in fixed-output derivation '<drv>': likely URL: <url:word> specified: <specified:word> got: <got:word>",
        ),
        "error: hash mismatch in fixed-output derivation '/nix/store/ld1qnga7n6f3m7hpp9f9nw3rbjmxxc8q-source.drv':\n        likely URL: https://github.com/bol-van/zapret/archive/v71.1.1.tar.gz\n         specified: sha256-T1bh7zZOaEQtd4d0JqqfJoMhyfkVKDbTiqhKOuz6MgQ=\n            got:    sha256-dT75RNXKZ7tqerrTAG/4sNU/zIMKRc18pEtgJkcUboQ=",
        'lix-project/lix tag 2.91.0, lix/libstore/build/local-derivation-goal.cc, with values of kartavkun/zapret-discord-youtube#26',
        { since: '2.91', maker: 'lix' },
      ),
      seen(
        words(
          "hash mismatch in fixed-output derivation '<drv>': specified: <specified:word> got: <got:word>",
        ),
        "error: hash mismatch in fixed-output derivation '/nix/store/dn40ps7vm136smqg4v3x4hm1k5wc3frd-source-1.drv':\n         specified: sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n            got:    sha256-mOpuTyFvL7S2n/+bOkSELDhobKaF8/VdxIxdP7EQe+Q=",
        'recorded stream nixbuild-fail-hash of Nix 2.8.0 and 2.34.8',
        { since: '2.4' },
      ),
      seen(
        words("hash mismatch in fixed-output derivation '<drv>': wanted: <specified:word> got: <got:word>"),
        "hash mismatch in fixed-output derivation '/nix/store/lgl9h2kaczqv1r4vs0cl3a3l4dhwqvh9-source':\n  wanted: sha256:0vmkvi5x46q14dapiq134bcn8g1frsi9mcmi1ap9h47im1zlv2fq\n  got:    sha256:1an6mzhrrawr696swhn5pk71k00xq5p4vp186rcfyj9f9zx27707",
        'NixOS/nix tag 2.3, src/libstore/build.cc',
        { since: '2.2', until: '2.3' },
      ),
    ],
    title: 'what was fetched has another hash ({got}) than the expression says ({specified})',
    causes: [
      where(
        { specified: /A{30,}=$|0{40,}/ },
        because(
          'the hash of the expression is a placeholder (lib.fakeHash), set to find out the right one',
          null,
          advise('put the hash behind "got" in: {got}'),
        ),
      ),
      because(
        'the version was changed and the hash was not: also cargoHash, vendorHash and npmDepsHash change with it',
        null,
        advise('put the hash behind "got" in, if the change is yours: {got}'),
      ),
      because(
        'what the address serves has changed: a tag was moved, an archive was packed anew',
        null,
        advise(
          'compare with what was there before; a newer nixpkgs often has the new hash',
          'a changed content is trusted thereby',
        ),
      ),
      because(
        'a page with an error or a login came instead of the file',
        null,
        advise('look at the address in a browser, from this machine'),
      ),
    ],
    brings: ['dependency-failed', 'build-exit', 'builds-failed'],
    sameAs: ['hash'],
  },
];
