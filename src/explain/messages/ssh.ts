/** What ssh says where it finds no way to the target, and when it loses it. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, run, runAsRoot, seen } from './entry.ts';
import { followsFromSsh } from './ssh-follows.ts';

export const ssh: readonly KnownMessage[] = [
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
    brings: [...followsFromSsh],
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
    brings: [...followsFromSsh],
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
        /From (?<from>[^\s:]\S*?):? icmp_seq=\d+ Destination Host Unreachable/,
        'From 192.168.1.2 icmp_seq=1 Destination Host Unreachable',
        'iputils, ping/ping.c pr_icmph(), ping/ping_output.c',
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
    brings: [...followsFromSsh],
    guide: 'Target Not Reachable',
  },
  {
    id: 'ssh-unknown-name',
    from: 'ssh',
    rank: 'cause',
    wordings: [
      seen(
        /ssh: Could not resolve hostname (?<host>[^\s:]+)(?:: (?<said>[^\n]+))?/,
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
    brings: [...followsFromSsh],
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
    brings: [...followsFromSsh],
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
    brings: [...followsFromSsh],
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
