/** What Nix says when it cannot speak with its daemon, here or on another machine. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, run, runAsRoot, seen, where } from './entry.ts';
import { words } from './words.ts';

export const nixDaemon: readonly KnownMessage[] = [
  {
    id: 'daemon-unreachable',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /error: cannot connect to (?:socket|daemon) at ['"‘](?<socket>[^\n]+?)['"’]: (?<why>[^\n]+)/,
        "error: cannot connect to socket at '/nix/var/nix/daemon-socket/socket': Connection refused",
        'DeterminateSystems/nix-installer#419',
      ),
    ],
    title: 'the daemon of Nix does not answer at {socket}: {why}',
    causes: [
      where(
        { why: /Permission denied/ },
        because(
          'the user may not use the socket: on Debian and Arch it has to be in a group',
          'id; ls -ld /nix/var/nix/daemon-socket /nix/var/nix/daemon-socket/socket',
          runAsRoot('add the user to it (Debian: nix-users), then log in anew', 'usermod -aG nix-users USER'),
        ),
      ),
      where(
        { why: /refused|No such file/ },
        because(
          'the daemon does not run: it was never started, or has failed',
          'systemctl status nix-daemon.socket nix-daemon.service',
          runAsRoot('start it', 'systemctl start nix-daemon.socket'),
          runAsRoot('see why it failed', 'journalctl -u nix-daemon -n 50 --no-pager'),
        ),
      ),
      where(
        { why: /refused|No such file/ },
        because(
          'its unit is a link into /nix, which was not mounted yet at boot (or SELinux forbids it)',
          'ls -lL /etc/systemd/system/nix-daemon.service; findmnt /nix',
          runAsRoot(
            'read the units again, now that /nix is there',
            'systemctl daemon-reload && systemctl start nix-daemon.socket',
          ),
        ),
      ),
      where(
        { why: /No such file/ },
        because(
          'NIX_REMOTE=daemon is set where Nix is installed for one user alone',
          'echo "$NIX_REMOTE"',
          advise('unset NIX_REMOTE in the profile of the shell'),
        ),
      ),
      because(
        'the daemon takes no more connections for now',
        'systemctl status nix-daemon',
        advise('wait, then try again'),
      ),
    ],
    brings: ['remote-store-unreachable', 'unexpected-end'],
  },
  {
    id: 'daemon-user-denied',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: user '<user>' is not allowed to connect to the Nix daemon"),
        "error: user 'nobody' is not allowed to connect to the Nix daemon",
        'NixOS/nix tag 2.34.0, src/nix/unix/daemon.cc',
      ),
    ],
    title: 'the daemon does not serve {user}',
    causes: [
      because(
        'the user is not in allowed-users',
        'nix config show allowed-users',
        configure('allow it', ['nix.settings.allowed-users = [ "@wheel" "{user}" ];']),
      ),
    ],
    brings: ['unexpected-end', 'daemon-gone'],
  },
  {
    id: 'not-privileged',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words('error: you are not privileged to <what:line>'),
        'error: you are not privileged to build input-addressed derivations',
        'NixOS/nix tag 2.34.0, src/libstore/daemon.cc',
      ),
    ],
    title: 'only a trusted user may {what}',
    causes: [
      because(
        'the daemon lets only root and trusted-users do it',
        'nix store info',
        advise('do it as root'),
        configure(
          'or trust the user',
          ['nix.settings.trusted-users = [ "root" "USER" ];'],
          'a trusted user can become root by way of Nix',
        ),
      ),
    ],
  },
  {
    id: 'store-not-writable',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: opening lock file '<path>': Permission denied"),
        'error: opening lock file "/mx/state/db/big-lock": Permission denied',
        'Nix 2.34.8 as another user, without a daemon',
      ),
      seen(
        words("error: could not set permissions on '<path>' to 755: Operation not permitted"),
        "error: could not set permissions on '/mx/state/profiles/per-user' to 755: Operation not permitted",
        'Nix 2.8.0 as another user, without a daemon',
        { until: '2.33' },
      ),
    ],
    title: 'the user may not write to the store by itself, and no daemon was asked',
    causes: [
      because(
        'the daemon does not run, so that Nix tried without it',
        'systemctl status nix-daemon.socket; echo "$NIX_REMOTE"',
        runAsRoot('start it', 'systemctl start nix-daemon.socket'),
        run('ask it expressly', 'NIX_REMOTE=daemon nix store info'),
      ),
      because(
        'Nix was installed for another user alone',
        'ls -ld /nix/store',
        advise('use it as that user, or install it for all (multi-user)'),
      ),
    ],
  },
  {
    id: 'daemon-out-of-memory',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words('Nix daemon out of memory'),
        'error: Nix daemon out of memory',
        'NixOS/nix tag 2.34.0, src/libstore/daemon.cc',
      ),
    ],
    title: 'the daemon of Nix got no more memory',
    causes: [
      because(
        'memory is full, or the limit of its unit (MemoryMax) is reached',
        'free -h; systemctl show nix-daemon -p MemoryMax -p MemoryCurrent',
        run('build fewer at once', 'nix build --max-jobs 1 --cores 2 INSTALLABLE'),
        configure('give it swap', ['zramSwap.enable = true;']),
      ),
    ],
    brings: ['unexpected-end', 'daemon-gone'],
    sameAs: ['daemon-memory'],
  },
  {
    id: 'ssh-not-started',
    from: 'nix',
    rank: 'symptom',
    wordings: [
      seen(
        words("error: failed to start SSH connection to '<host>'"),
        "error: failed to start SSH connection to 'nothere.invalid'",
        'Nix 2.34.8, nix copy --to ssh://nothere.invalid',
        { since: '2.15' },
      ),
      seen(
        words("error: cannot connect to '<host>'"),
        "error: cannot connect to 'nothere.invalid'",
        'Nix 2.8.0, nix copy --to ssh://nothere.invalid',
      ),
    ],
    title: 'no connection to {host} came about',
    causes: [
      because(
        'ssh says why in the line above: the name, the key, the network',
        'ssh {host} true',
        advise(
          'make "ssh {host} true" work without a question, as the user that runs Nix (the daemon: root)',
        ),
      ),
      because(
        'the login shell of that user prints something, or does not find nix',
        'ssh {host} nix-store --version',
        advise('on the other machine let nix be in the PATH of shells that are not logged in'),
      ),
    ],
  },
  {
    id: 'protocol-mismatch',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /(?:'nix-store --serve' )?protocol mismatch(?: from ['"‘](?<host>[^\n]+?)['"’])?(?:, got ['"‘](?<got>[^\n]+))?/,
        "error: cannot open connection to remote store 'ssh-ng://example.org': error: protocol mismatch, got 'started",
        'NixOS/nix#14132',
      ),
    ],
    title: 'the other side did not speak the protocol of Nix',
    causes: [
      because(
        'the login shell there prints something (a greeting, fortune, an echo in .bashrc)',
        'ssh HOST true | head',
        advise('let it print only where a person is: [[ $- == *i* ]] || return at the top of .bashrc'),
      ),
      because(
        'a control connection of ssh of your own is in the way (ControlMaster)',
        'ssh -O check HOST',
        run(
          'go around it for once',
          'NIX_SSHOPTS="-o ControlMaster=no -o ControlPath=none" nix copy --to ssh-ng://HOST PATH',
        ),
      ),
      because(
        'the user there may only run certain commands',
        null,
        advise('allow nix-daemon --stdio and nix-store --serve --write to it'),
      ),
    ],
    brings: ['remote-store-unreachable', 'unexpected-end', 'ssh-not-started'],
  },
  {
    id: 'daemon-version',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /(?:the Nix (?<who>client|daemon) version is too old|[yY]our daemon version is too old[^\n]*)/,
        'error: the Nix daemon version is too old',
        'NixOS/nix tag 2.34.0, src/libstore/worker-protocol-connection.cc',
      ),
    ],
    title: 'client and daemon are too far apart in version',
    causes: [
      because(
        'Nix was updated, and the old daemon still runs',
        'nix --version; nix store info',
        runAsRoot(
          'let the new one take over; running builds end',
          'systemctl restart nix-daemon',
          'builds that run',
        ),
      ),
      because(
        'the machine on the other side has a much older Nix',
        'ssh HOST nix --version',
        advise('update the older one'),
      ),
    ],
  },
  {
    id: 'remote-store-unreachable',
    from: 'nix',
    rank: 'symptom',
    wordings: [
      seen(
        words("cannot open connection to remote store '<host>':"),
        "error: cannot open connection to remote store 'ssh-ng://nothere.invalid': error: unexpected end-of-file",
        'Nix 2.8.0, nix copy --to ssh-ng://nothere.invalid',
      ),
    ],
    title: '{host} gave no connection',
    causes: [
      where(
        { host: /^daemon$/ },
        because(
          'the daemon ended at once',
          'journalctl -u nix-daemon -n 50 --no-pager',
          advise('its journal says why'),
        ),
      ),
      because(
        'ssh failed (its own words stand above), or nix is not in the PATH of that user there',
        'ssh HOST nix-daemon --version',
        advise(
          'make "ssh HOST nix-daemon --version" work without a question, as the user that runs Nix (the daemon: root)',
        ),
      ),
    ],
    brings: ['unexpected-end'],
  },
  {
    id: 'daemon-gone',
    from: 'nix',
    rank: 'symptom',
    wordings: [
      seen(
        words('error: Nix daemon disconnected unexpectedly (maybe it crashed?)'),
        'error: Nix daemon disconnected unexpectedly (maybe it crashed?)',
        'NixOS/nix#12011',
        { since: '2.20' },
      ),
      seen(
        /error: unexpected end-of-file error \(ignored\): (?:error: )?writing to file: Broken pipe/,
        'error: unexpected end-of-file\nerror (ignored): error: writing to file: Broken pipe',
        'NixOS/nix tag 2.8.0, src/libutil/serialise.cc FdSink::~FdSink(), once the daemon has gone',
      ),
    ],
    title: 'the daemon ended in the midst of it',
    causes: [
      because(
        'it crashed or was killed; its journal says which',
        'journalctl -u nix-daemon -n 50 --no-pager',
        advise('do it again: what was built is kept'),
      ),
      because(
        'memory ran out, and it was the victim',
        'journalctl -k -g "out of memory|oom-kill" -n 20',
        run('build fewer at once', 'nix build --max-jobs 1 --cores 2 INSTALLABLE'),
      ),
      because(
        'it was restarted, by a switch to another configuration for instance',
        'systemctl show nix-daemon -p ActiveEnterTimestamp',
        advise('do it again'),
      ),
    ],
    sameAs: ['daemon-gone'],
  },
  {
    id: 'unexpected-end',
    from: 'nix',
    rank: 'symptom',
    wordings: [
      seen(
        /(?:error: |sized: )unexpected (?:end-of-file|EOF reading a line)/,
        'error: unexpected end-of-file',
        'NixOS/nix#9341',
      ),
    ],
    title: 'what Nix spoke with ended in the midst of it',
    causes: [
      because(
        'the daemon, the build hook or ssh on the other side ended: crashed, killed, or not let in',
        'journalctl -u nix-daemon -n 50 --no-pager',
        advise('look at the lines above, and at the journal of the daemon of that machine'),
      ),
    ],
  },
  {
    id: 'interrupted',
    from: 'nix',
    rank: 'symptom',
    wordings: [
      seen(words('error: interrupted by the user'), 'error: interrupted by the user', 'NixOS/nix#11918'),
    ],
    title: 'it was stopped: Ctrl-C, or a signal of another program',
    causes: [
      because(
        'somebody pressed Ctrl-C, or the terminal, the CI or a deployment tool ended it',
        null,
        advise('do it again: what was built is kept'),
      ),
    ],
    sameAs: ['interrupted'],
  },
];
