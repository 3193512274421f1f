/** What Nix says of binary caches, signatures and what nobody can give. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, run, runAsRoot, seen, where } from './entry.ts';
import { words } from './words.ts';

const unavailable = ['no-substituter', 'paths-unknown', 'substitutes-failed', 'builds-failed'];

export const nixCaches: readonly KnownMessage[] = [
  {
    id: 'substitute-unsigned',
    from: 'nix',
    rank: 'cause',
    alsoWarns: true,
    wordings: [
      seen(
        words(
          "ignoring substitute for '<path>' from '<cache>', as it's not signed by any of the keys in 'trusted-public-keys'",
        ),
        "warning: ignoring substitute for '/mx/store/0jrkssc5iypddmw99a27yid7w5h9nfw2-u' from 'file:///mx/cache', as it's not signed by any of the keys in 'trusted-public-keys'",
        'Nix 2.34.8, a cache without signatures',
        { since: '2.10' },
      ),
      seen(
        words("substituter '<cache>' does not have a valid signature for path '<path>'"),
        "warning: substituter 'file:///mx/cache' does not have a valid signature for path '/mx/store/0jrkssc5iypddmw99a27yid7w5h9nfw2-u'",
        'NixOS/nix tag 2.3, src/libstore/build.cc',
        { until: '2.5' },
      ),
    ],
    title: 'a cache has {path}, and no key that is trusted here signed it',
    causes: [
      because(
        'the public key of the cache is not in trusted-public-keys',
        'nix config show trusted-public-keys',
        configure(
          'trust the key of that cache',
          ['nix.settings.trusted-public-keys = [ "NAME:KEY" ];'],
          'whoever has the secret key can bring any program in',
        ),
      ),
      because(
        'whoever fills the cache does not sign what it puts there',
        'nix path-info --store URL --json {path}',
        advise('sign there: secret-key-files in nix.conf, or nix store sign'),
      ),
    ],
    sameAs: ['unsigned'],
    brings: unavailable,
  },
  {
    id: 'path-unsigned',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: cannot add path '<path>' because it lacks a signature by a trusted key"),
        "error: cannot add path '/nix/store/zq4iasx6689adcbawyjls8771gx00rv0-disko' because it lacks a signature by a trusted key",
        'nix-community/nixos-anywhere#235',
        { since: '2.12' },
      ),
      seen(
        words("error: cannot add path '<path>' because it lacks a valid signature"),
        "error: cannot add path '/nix/store/38j8q2djbd2n6kh84gqdaz8z9gdilvm3-sshd.conf-validated' because it lacks a valid signature",
        'serokell/deploy-rs#25',
        { until: '2.11' },
      ),
    ],
    title: '{path} was not taken: no key that is trusted there signed it',
    causes: [
      because(
        'it was built here, and the user that copies is not trusted by the daemon of the other machine',
        'nix store info --store ssh-ng://USER@HOST',
        advise('copy as root: root is always trusted (--target-host root@HOST)'),
        advise('sign what is built here, and trust that key there: nix store sign, trusted-public-keys'),
        configure(
          'on the other machine trust the user',
          ['nix.settings.trusted-users = [ "root" "USER" ];'],
          'a trusted user can become root by way of Nix',
        ),
      ),
      because(
        'it came from a cache whose key the other machine does not trust',
        'ssh HOST nix config show trusted-public-keys',
        advise('let it fetch by itself: nix copy --substitute-on-destination'),
      ),
    ],
    brings: ['unexpected-end', ...unavailable],
  },
  {
    id: 'substituter-untrusted',
    from: 'nix',
    rank: 'cause',
    alsoWarns: true,
    wordings: [
      seen(
        words("ignoring untrusted substituter '<cache>'"),
        "warning: ignoring untrusted substituter 'https://nix-cache.status.im/', you are not a trusted user.",
        'status-im/status-legacy#16366',
      ),
    ],
    title: 'the daemon does not ask {cache}: it is not one that users may choose',
    causes: [
      because(
        'a flag or a flake names the cache, and the machine does not allow it',
        'nix config show trusted-substituters',
        configure(
          'let the machine use it, with its key, where you trust who holds that',
          [
            'nix.settings.substituters = [ "{cache}" ];',
            'nix.settings.trusted-public-keys = [ "NAME:KEY" ];',
          ],
          'whoever has the secret key can bring any program in',
        ),
        configure('or let users choose it', ['nix.settings.trusted-substituters = [ "{cache}" ];']),
      ),
    ],
    brings: unavailable,
  },
  {
    id: 'cache-of-other-store',
    from: 'nix',
    rank: 'cause',
    alsoWarns: true,
    wordings: [
      seen(
        words("binary cache '<cache>' is for Nix stores with prefix '<prefix>', not '<own>'"),
        "warning: binary cache 'http://127.0.0.1:18777/other' is for Nix stores with prefix '/other/store', not '/mx/store'",
        'Nix 2.8.0 and 2.34.8 against such a cache',
      ),
    ],
    title: '{cache} has paths for {prefix}, not for {own}',
    causes: [
      because(
        'store paths hold the place of the store: what was built for another one cannot be used',
        'curl -s {cache}/nix-cache-info',
        advise('use the usual /nix/store, or take the cache out'),
      ),
    ],
    brings: unavailable,
  },
  {
    id: 'no-cache-there',
    from: 'nix',
    rank: 'cause',
    alsoWarns: true,
    wordings: [
      seen(
        words("'<cache>' does not appear to be a binary cache"),
        "warning: 'http://127.0.0.1:18777/404' does not appear to be a binary cache",
        'Nix 2.8.0 and 2.34.8 against such an address',
      ),
    ],
    title: 'there is no binary cache at {cache}',
    causes: [
      because(
        'the address is wrong, or the cache is private and says "not found" to who has no token',
        'curl -s {cache}/nix-cache-info',
        advise('correct substituters, or give the daemon its token (netrc-file, cachix use NAME)'),
      ),
    ],
    brings: unavailable,
  },
  {
    id: 'substitutes-failed',
    from: 'nix',
    rank: 'symptom',
    wordings: [
      seen(
        words("error: some substitutes for the outputs of derivation '<drv>' failed"),
        "error: some substitutes for the outputs of derivation '/nix/store/y2qkr4rzwxkghvs2ld9p4gsapknnknj8-cudatoolkit-10.2.89.drv' failed (usually happens due to networking issues); try '--fallback' to build derivation from source",
        'NixOS/nix tag 2.8.0, src/libstore/build/derivation-goal.cc',
      ),
    ],
    title: 'a cache had {drv} and could not give it',
    causes: [
      because(
        'a download broke off or a cache answered with an error: the warnings above say which',
        'nix store info --store https://cache.nixos.org',
        advise('try again'),
        run(
          'build what the caches do not give',
          'nix build --fallback INSTALLABLE',
          'building may take long',
        ),
        configure(
          'do so always',
          ['nix.settings.fallback = true;'],
          'a cache that fails is then not noticed',
        ),
      ),
    ],
  },
  {
    id: 'no-substituter',
    from: 'nix',
    rank: 'symptom',
    wordings: [
      seen(
        words("error: path '<path>' is required, but there is no substituter that can build it"),
        "error: path '/mx/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-x' is required, but there is no substituter that can build it",
        'recorded stream nixstore-realise-deadcache of Nix 2.34.8',
      ),
    ],
    title: 'no cache has what is needed, and nothing tells how to build it',
    causes: [
      because(
        'a path without its derivation is asked for, and no cache that is set up has it',
        'nix path-info --store https://cache.nixos.org PATH',
        advise(
          'add the cache that has it, or copy it from the machine that has it: nix copy --from ssh://HOST',
        ),
        advise('or build from the expression instead of the path'),
      ),
      because(
        'a cache does not answer, so that nobody knows what it has',
        'nix store info --store https://cache.nixos.org',
        advise('look at the warnings above'),
      ),
    ],
    sameAs: ['no-substituter'],
    brings: ['paths-unknown'],
  },
  {
    id: 'paths-unknown',
    from: 'nix',
    rank: 'symptom',
    wordings: [
      seen(
        words("don't know how to build these paths: <path:word>"),
        "don't know how to build these paths:\n  /mx/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-x",
        'Nix 2.8.0 and 2.34.8, nix-store -r of such a path',
      ),
    ],
    title: 'no cache has {path}, and nothing tells how to build it',
    causes: [
      because(
        'no cache that is set up has it, or none answers',
        'nix path-info --store https://cache.nixos.org {path}',
        advise('add the cache that has it, or copy it from the machine that has it'),
      ),
    ],
    brings: ['builds-failed'],
  },
  {
    id: 'cannot-repair',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: cannot repair path '<path>'"),
        "error: cannot repair path '/mx/store/3yi6290k5hix8hkm0k2nl6kv8p8ba1rq-b.nix'",
        'Nix 2.8.0 and 2.34.8, nix-store --repair-path',
      ),
    ],
    title: '{path} is damaged, no cache has it and it cannot be built again',
    causes: [
      because(
        'it is a source or was made here: only another machine or a backup may have it',
        'nix-store --query --referrers {path}',
        advise('copy it from a machine that has it: nix copy --from ssh://HOST'),
        runAsRoot('if nothing needs it any more, delete it', 'nix-store --delete {path}', 'what it held'),
      ),
      where(
        { path: /\.drv$/ },
        because('it is a derivation', null, advise('evaluate again: that writes it anew')),
      ),
    ],
  },
];
