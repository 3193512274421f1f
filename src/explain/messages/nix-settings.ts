/** What Nix says of its commands, flags and settings. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, run, runAsRoot, seen, where } from './entry.ts';
import { words } from './words.ts';

export const nixSettings: readonly KnownMessage[] = [
  {
    id: 'experimental-feature',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: experimental Nix feature '<feature>' is disabled; add"),
        "error: experimental Nix feature 'flakes' is disabled; add '--extra-experimental-features flakes' to enable it",
        'Nix 2.34.8',
        { since: '2.19' },
      ),
      seen(
        words("error: experimental Nix feature '<feature>' is disabled; use"),
        "error: experimental Nix feature 'nix-command' is disabled; use '--extra-experimental-features nix-command' to override",
        'Nix 2.8.0',
        { since: '2.4', until: '2.18' },
      ),
      seen(
        words("error: experimental Lix feature '<feature>' is disabled; use"),
        "error: experimental Lix feature 'nix-command' is disabled; use '--extra-experimental-features nix-command' to override",
        'lix-project/lix tag 2.90.0, src/libutil/experimental-features.cc',
        { since: '2.90', maker: 'lix' },
      ),
    ],
    title: 'this needs the feature {feature}, which is not switched on',
    causes: [
      because(
        'the new commands and flakes are off unless they are switched on, for root too',
        'nix --extra-experimental-features nix-command config show experimental-features',
        configure('switch them on', ['nix.settings.experimental-features = [ "nix-command" "flakes" ];']),
        run('for one command', 'nix --extra-experimental-features "nix-command flakes" COMMAND'),
      ),
      where(
        {
          feature:
            /auto-allocate-uids|ca-derivations|cgroups|recursive-nix|dynamic-derivations|impure-derivations/,
        },
        because(
          'the daemon must have the feature, not only the client',
          'grep experimental /etc/nix/nix.conf',
          configure('switch it on for the daemon', ['nix.settings.experimental-features = [ "{feature}" ];']),
        ),
      ),
    ],
  },
  {
    id: 'unknown-flag',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: unrecognised flag '<flag>'"),
        "error: unrecognised flag '--foo'",
        'Nix 2.8.0 and 2.34.8, nix build --foo',
      ),
    ],
    title: 'this Nix has no flag {flag} for that command',
    causes: [
      where(
        { flag: /update-input|recreate-lock-file/ },
        because(
          'updating inputs is a command of its own since Nix 2.19',
          null,
          run('update one input', 'nix flake update INPUT', 'its packages change'),
        ),
      ),
      because(
        'the flag is of another version, of another command (nix-build, nix build), or of nixos-rebuild alone',
        'nix --version',
        advise('look into the manual of the version that is there: nix COMMAND --help'),
      ),
    ],
  },
  {
    id: 'unknown-command',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: '<command>' is not a recognised command"),
        "error: 'frob' is not a recognised command",
        'Nix 2.8.0 and 2.34.8, nix frob',
      ),
    ],
    title: 'this Nix has no command {command}',
    causes: [
      because(
        'the command is of a newer version, or was renamed',
        'nix --version',
        run('list the commands that it has', 'nix --help'),
      ),
    ],
  },
  {
    id: 'unknown-setting',
    from: 'nix',
    rank: 'cause',
    alsoWarns: true,
    wordings: [
      seen(
        words("unknown setting '<setting>'"),
        "warning: unknown setting 'frobnicate'",
        'Nix 2.8.0 and 2.34.8, --option frobnicate 1',
      ),
      seen(
        words("unknown experimental feature '<setting>'"),
        "warning: unknown experimental feature 'ca-references'",
        'NixOS/nix#6904',
      ),
    ],
    title: 'this Nix does not know {setting}, and leaves it out',
    causes: [
      where(
        { setting: /^(?:lazy-trees|eval-cores)$/ },
        because('it is a setting of Determinate Nix', null, advise('drop it where another Nix is used')),
      ),
      because(
        'nix.conf was written for another version or maker of Nix (Lix and Determinate Nix have settings of their own), or it is misspelt',
        'nix --version',
        advise('drop it from nix.settings, or from /etc/nix/nix.conf and ~/.config/nix/nix.conf'),
      ),
    ],
  },
  {
    id: 'restricted-setting',
    from: 'nix',
    rank: 'cause',
    alsoWarns: true,
    wordings: [
      seen(
        /(?<said>[iI])gnoring the (?:client|user)-specified setting ['"‘](?<setting>[^\n]+?)['"’], because it is a restricted setting/,
        "warning: ignoring the client-specified setting 'system', because it is a restricted setting and you are not a trusted user",
        'nix-community/NixOS-WSL#1024',
        { since: '2.3' },
      ),
    ],
    title: 'the daemon did not take {setting} from this user',
    causes: [
      because(
        'only trusted users may change that setting of the daemon',
        'nix store info',
        configure('set it for all, in the configuration of the machine', ['nix.settings.{setting} = VALUE;']),
        configure(
          'or trust the user',
          ['nix.settings.trusted-users = [ "root" "USER" ];'],
          'a trusted user can become root by way of Nix',
        ),
      ),
    ],
  },
  {
    id: 'untrusted-flake-setting',
    from: 'nix',
    rank: 'cause',
    alsoWarns: true,
    wordings: [
      seen(
        words("ignoring untrusted flake configuration setting '<setting>'"),
        "warning: ignoring untrusted flake configuration setting 'extra-substituters'.\nPass '--accept-flake-config' to trust it",
        'Nix 2.34.8, a flake with nixConfig (2.8.0 without the second line)',
        { since: '2.4' },
      ),
    ],
    title: 'the flake wants to set {setting}, and was not believed',
    causes: [
      because(
        'a flake may ask for caches of its own (nixConfig), and nobody accepted it: what they have is built here',
        null,
        configure(
          'add the cache and its key to the machine',
          [
            'nix.settings.extra-substituters = [ "URL" ];',
            'nix.settings.extra-trusted-public-keys = [ "KEY" ];',
          ],
          'whoever has the secret key can bring any program in',
        ),
        run(
          'accept all that this flake asks for',
          'nix build --accept-flake-config INSTALLABLE',
          'it can set anything, and so run code as the builders of this machine',
        ),
      ),
    ],
  },
  {
    id: 'nix-conf-invalid',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: syntax error in configuration line '<line>' in '<file>'"),
        'error: syntax error in configuration line \'experimental-features nix-command flakes\' in "/mx/etc/nix.conf"',
        'Nix 2.34.8 with such a nix.conf',
        { since: '2.24' },
      ),
      seen(
        words("error: illegal configuration line '<line>' in '<file>'"),
        "error: illegal configuration line 'experimental-features nix-command flakes' in '/mx/etc/nix.conf'",
        'Nix 2.8.0 with such a nix.conf',
        { until: '2.23' },
      ),
    ],
    title: '{file} has a line that is no setting: {line}',
    causes: [
      because(
        'a setting is NAME = VALUE in one line',
        'grep -n . {file}',
        runAsRoot('mend the line', 'editor {file}'),
      ),
    ],
  },
];
