/** What ssh says of keys: those of the user and that of the host. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, run, runAsRoot, seen } from './entry.ts';
import { followsFromSsh } from './ssh-follows.ts';

const addKey = configure('put your public key, on one line and whole, into the configuration of the target', [
  'users.users.root.openssh.authorizedKeys.keys = [ "ssh-ed25519 AAAA… you@host" ];',
]);

export const sshKeys: readonly KnownMessage[] = [
  {
    id: 'ssh-key-refused',
    from: 'ssh',
    rank: 'cause',
    wordings: [
      seen(
        /(?:(?<who>[^\s:@]+@[^\s:]+): )?Permission denied \((?<tried>[a-z][a-z0-9,-]*)\)/,
        'root@10.0.0.5: Permission denied (publickey,keyboard-interactive).',
        'nix-community/colmena#330',
      ),
      seen(
        /Permission denied \(publickey\)/,
        'Permission denied (publickey)',
        'deployment guide, "SSH Access Fails After Deployment"',
      ),
    ],
    title: 'the target takes none of the keys that were offered',
    causes: [
      because(
        'your key is not among the authorized keys of that user on the target',
        'ssh-add -L; ls ~/.ssh/*.pub',
        run('give it to the target, where a password still works', 'ssh-copy-id USER@HOST'),
        addKey,
      ),
      because(
        'it ran as another user (sudo, the Nix daemon), who has other keys than you',
        'sudo ssh -v USER@HOST true 2>&1 | grep -E "Offering|identity file"',
        advise(
          'run the tool as yourself and let it become root on the target, or name the key with IdentityFile in the ssh configuration of root',
        ),
      ),
      because(
        'the user is wrong: an installer has nixos or root, a cloud image its own name',
        null,
        advise('log in as the user that the image has, and name it: USER@HOST'),
      ),
      because(
        'the public key in the configuration has a line break in it or is cut short',
        'ssh-keygen -lf ~/.ssh/id_ed25519.pub',
        addKey,
      ),
    ],
    brings: [...followsFromSsh, 'colmena-keys', 'ssh-connection-lost'],
    guide: 'SSH Access Fails After Deployment',
  },
  {
    id: 'ssh-too-many-keys',
    from: 'ssh',
    rank: 'cause',
    wordings: [
      seen(
        /(?:Received disconnect from (?<host>\S+) port \d+:2: )?Too many authentication failures/,
        'Received disconnect from 192.168.122.91 port 22:2: Too many authentication failures',
        'nix-community/nixos-anywhere#629',
      ),
    ],
    title: 'ssh offered so many keys that the target hung up before the right one came',
    causes: [
      because(
        'the agent holds more keys than the target lets try (MaxAuthTries, 6)',
        'ssh-add -l',
        run('offer the one key only', 'ssh -o IdentitiesOnly=yes -i ~/.ssh/KEY USER@HOST'),
        run('take all keys out of the agent', 'ssh-add -D', 'their passphrases are asked for again'),
      ),
    ],
    brings: ['ssh-key-refused', ...followsFromSsh],
  },
  {
    id: 'ssh-host-key-changed',
    from: 'ssh',
    rank: 'cause',
    wordings: [
      seen(
        /REMOTE HOST IDENTIFICATION HAS CHANGED!(?:[\s\S]{0,1200}?Offending (?<type>\S+) key in (?<file>\S+):(?<line>\d+))?/,
        '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @',
        'avocado-framework/avocado-vt#872',
      ),
      seen(
        /host key for (?<host>\S+) has changed and you have requested strict checking/,
        'ED25519 host key for 172.16.5.9 has changed and you have requested strict checking.',
        'mitchellh/nixos-config#3',
      ),
    ],
    title: 'the target shows another host key than the one that is known',
    causes: [
      because(
        'it was installed anew, or booted from an installer, which makes new host keys',
        'ssh-keyscan -t ed25519 HOST 2>/dev/null | ssh-keygen -lf -',
        run(
          'forget the old key, once the new one is confirmed at the console of the target',
          'ssh-keygen -R HOST',
          'if another machine answers under this address, you would trust it',
        ),
        advise('keep the host keys over an installation: nixos-anywhere --copy-host-keys or --extra-files'),
      ),
      because(
        'another machine has taken the address, or somebody listens in between',
        null,
        advise(
          'compare the fingerprint with ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub at the console',
        ),
      ),
    ],
    brings: ['ssh-host-key-unknown', ...followsFromSsh],
  },
  {
    id: 'ssh-host-key-unknown',
    from: 'ssh',
    rank: 'cause',
    wordings: [
      seen(
        /Host key verification failed/,
        'Host key verification failed.',
        'OpenSSH, sshconnect.c verify_host_key()',
      ),
    ],
    title: 'the host key of the target is not known here, and nobody could be asked',
    causes: [
      because(
        'the connection is made by root or a daemon, who has never logged in there',
        'sudo ssh-keygen -F HOST',
        runAsRoot('log in once as the same user and compare the fingerprint', 'ssh USER@HOST true'),
        configure('make it known for the whole machine', [
          'programs.ssh.knownHosts.HOST.publicKey = "ssh-ed25519 AAAA…";',
        ]),
      ),
    ],
    brings: [...followsFromSsh],
  },
  {
    id: 'ssh-key-unusable',
    from: 'ssh',
    rank: 'cause',
    wordings: [
      seen(
        /Load key "(?<file>[^"]+)": (?<said>[^\n]+)/,
        'Load key "/home/me/.ssh/id_ed25519": invalid format',
        'OpenSSH, sshconnect2.c load_identity_file()',
      ),
      seen(
        /Permissions \d+ for '(?<file>[^']+)' are too open/,
        "Permissions 0644 for '/home/me/.ssh/id_ed25519' are too open.",
        'OpenSSH, authfile.c sshkey_perm_ok()',
      ),
    ],
    title: 'the private key {file} cannot be used',
    causes: [
      because(
        'others may read it, or it belongs to another user',
        'ls -l {file}',
        run('leave it to its owner', 'chmod 600 {file}'),
      ),
      because(
        'it is no private key, is cut short, or lacks the line end at its end',
        'ssh-keygen -yf {file}',
        advise('copy it anew, with the line end of the last line'),
      ),
    ],
    brings: ['ssh-key-refused'],
  },
];
