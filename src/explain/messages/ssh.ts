/** What ssh says before it has logged in, and when it loses the connection. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, run, runAsRoot, seen } from './entry.ts';

const addKey = configure('put your public key, on one line and whole, into the configuration of the target', [
  'users.users.root.openssh.authorizedKeys.keys = [ "ssh-ed25519 AAAA… you@host" ];',
]);

export const ssh: readonly KnownMessage[] = [
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
    brings: ['ssh-connection-lost'],
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
    brings: ['ssh-connection-lost', 'ssh-key-refused'],
  },
  {
    id: 'ssh-refused',
    from: 'ssh',
    rank: 'cause',
    wordings: [
      seen(
        /connect to (?:host (?<host>\S+)|address (?<address>\S+)) port (?<port>\d+): Connection refused/,
        'ssh: connect to host 192.168.1.40 port 22: Connection refused',
        'deployment guide, "Can\'t SSH After First Boot"',
      ),
    ],
    title: 'the machine answers, but nothing listens on port {port}',
    causes: [
      because(
        'it is still booting: sshd comes late, 2 to 3 minutes after a reboot',
        null,
        advise('wait a few minutes and try again'),
      ),
      because(
        'sshd is not enabled or has failed there',
        null,
        runAsRoot(
          'at the console of the target: see why',
          'systemctl status sshd; journalctl -u sshd -n 50 --no-pager',
        ),
        configure('enable it', ['services.openssh.enable = true;']),
      ),
      because(
        'another machine has this address now, or sshd listens on another port',
        'ssh -G HOST | grep -E "^(hostname|port) "',
        run('at the console of the target: see its addresses', 'ip addr show'),
      ),
    ],
    guide: "Can't SSH After First Boot",
  },
  {
    id: 'ssh-timed-out',
    from: 'ssh',
    rank: 'cause',
    wordings: [
      seen(
        /connect to (?:host (?<host>\S+)|address (?<address>\S+)) port (?<port>\d+): (?:Connection|Operation) timed out/,
        'ssh: connect to host 192.168.1.40 port 22: Connection timed out',
        'deployment guide, "Can\'t SSH After First Boot"',
      ),
    ],
    title: 'nothing came back from port {port} of the target',
    causes: [
      because(
        'the machine is down, still booting, or has another address',
        'ping -c 3 HOST',
        advise('look at its console; after a reboot wait 2 to 3 minutes'),
      ),
      because(
        'a firewall on the way drops it',
        'nc -vz -w 5 HOST 22',
        runAsRoot('at the console of the target: see its rules', 'nft list ruleset'),
        configure('let ssh through (services.openssh does by default)', [
          'networking.firewall.allowedTCPPorts = [ 22 ];',
        ]),
      ),
    ],
    guide: "Can't SSH After First Boot",
  },
  {
    id: 'host-unreachable',
    from: 'ssh',
    rank: 'cause',
    wordings: [
      seen(
        /connect to (?:host (?<host>\S+)|address (?<address>\S+)) port \d+: (?:No route to host|Network is unreachable|Host is down)/,
        'ssh: connect to host 192.168.1.40 port 22: No route to host',
        'deployment guide, "Target Not Reachable"',
      ),
      seen(
        /ping: (?<host>\S+): Host is unreachable/,
        'ping: 192.168.1.40: Host is unreachable',
        'deployment guide, "Target Not Reachable"',
      ),
      seen(
        /From (?<from>\S+) icmp_seq=\d+ Destination Host Unreachable/,
        'From 192.168.1.2 icmp_seq=1 Destination Host Unreachable',
        'iputils, ping/ping.c',
      ),
    ],
    title: 'there is no way through the network to the target',
    causes: [
      because(
        'the address is wrong, or the machine is off',
        'ip route get ADDRESS; ping -c 3 ADDRESS',
        run('at the console of the target: see its addresses', 'ip addr show'),
      ),
      because(
        'it is a virtual machine behind NAT',
        null,
        advise('bridge its network, or forward a port of the host and name that port'),
      ),
      because(
        'the two are in different networks, or the address is IPv6 and one of them has none',
        'ip -6 route show default; ip route show default',
        advise('deploy from the network of the target, or over a jump host (ProxyJump)'),
      ),
    ],
    guide: 'Target Not Reachable',
  },
  {
    id: 'ssh-unknown-name',
    from: 'ssh',
    rank: 'cause',
    wordings: [
      seen(
        /Could not resolve hostname (?<host>[^\s:]+)(?:: (?<said>[^\n]+))?/,
        'ssh: Could not resolve hostname builder: Name or service not known',
        'OpenSSH, ssh.c resolve_host()',
      ),
    ],
    title: 'the name {host} has no address',
    causes: [
      because(
        'it is misspelt, or is only known in an ssh configuration that this user does not read (sudo, the Nix daemon)',
        'getent hosts {host}; ssh -G {host} | grep "^hostname "',
        configure('give it an address for every user of this machine', [
          'programs.ssh.extraConfig = "Host {host}\\n  HostName ADDRESS\\n";',
        ]),
      ),
      because(
        'the name server does not answer',
        'resolvectl status',
        advise('name the address instead, or mend the name service first'),
      ),
    ],
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
    brings: ['ssh-host-key-unknown', 'ssh-connection-lost'],
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
    brings: ['ssh-connection-lost'],
  },
  {
    id: 'ssh-closed-early',
    from: 'ssh',
    rank: 'cause',
    wordings: [
      seen(
        /(?:kex_exchange_identification|ssh_exchange_identification): (?<said>[^\n]+)/,
        'kex_exchange_identification: Connection closed by remote host',
        'OpenSSH, kex.c kex_exchange_identification()',
      ),
      seen(
        /ssh_exchange_identification: (?<said>[^\n]+)/,
        'ssh_exchange_identification: read: Connection reset by peer',
        'unfoldingWord-dev/ts-desktop#1303',
      ),
    ],
    title: 'the other side hung up before ssh could say hello: {said}',
    causes: [
      because(
        'too many connections at once (MaxStartups), or the address is banned (fail2ban, sshguard)',
        null,
        advise('deploy to fewer hosts at once, or wait until the ban ends'),
        configure('let more unauthenticated connections in on the target', [
          'services.openssh.settings.MaxStartups = "50:30:200";',
        ]),
      ),
      because(
        'what listens there is no sshd, or sshd is just starting or out of memory',
        'nc -w 5 HOST 22 < /dev/null',
        runAsRoot('at the console of the target: see why', 'journalctl -u sshd -n 50 --no-pager'),
      ),
    ],
    brings: ['ssh-connection-lost'],
  },
  {
    id: 'ssh-nothing-in-common',
    from: 'ssh',
    rank: 'cause',
    wordings: [
      seen(
        /Unable to negotiate with (?<host>\S+) port \d+: no matching (?<what>[a-z ]+) found/,
        'Unable to negotiate with 10.0.0.7 port 22: no matching host key type found. Their offer: ssh-rsa',
        'OpenSSH, packet.c sshpkt_vfatal()',
      ),
    ],
    title: 'this ssh and that of {host} have no {what} in common',
    causes: [
      because(
        'one of them is so old that the other no longer allows what it offers',
        'ssh -V; ssh -Q key',
        run(
          'allow the old way for this one host',
          'ssh -o HostKeyAlgorithms=+ssh-rsa -o PubkeyAcceptedAlgorithms=+ssh-rsa USER@HOST',
          'the old signature can be forged with effort',
        ),
      ),
    ],
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
  {
    id: 'ssh-connection-lost',
    from: 'ssh',
    rank: 'symptom',
    wordings: [
      seen(
        /client_loop: send disconnect: Broken pipe/,
        'client_loop: send disconnect: Broken pipe',
        'OpenSSH, clientloop.c',
      ),
      seen(
        /Connection (?:to (?<to>\S+) )?closed by (?:remote host|(?<host>\S+) port \d+)/,
        'Connection to 10.0.0.5 closed by remote host.',
        'OpenSSH, clientloop.c',
      ),
      seen(
        /Timeout, server (?<host>\S+) not responding/,
        'Timeout, server 10.0.0.5 not responding.',
        'OpenSSH, clientloop.c server_alive_check()',
      ),
    ],
    title: 'the ssh connection was lost on the way',
    causes: [
      because(
        'the switch restarted the network, the firewall or sshd of the target, or it rebooted',
        null,
        run('see how far it came', 'ssh HOST readlink /run/current-system; ssh HOST systemctl --failed'),
        advise(
          'deploy with what goes on without the connection (systemd-run, deploy-rs with magic rollback)',
        ),
      ),
      because(
        'the line was silent for so long that a router forgot it',
        null,
        configure('let ssh say something every half a minute', [
          'programs.ssh.extraConfig = "ServerAliveInterval 30";',
        ]),
      ),
    ],
  },
];
