/** What Nix says of downloads, from caches, GitHub and everywhere else (src/libstore/filetransfer.cc). */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, run, seen, where } from './entry.ts';
import { words } from './words.ts';

/** With another try to come it is no end; `[\s\S]` reaches over the body of an answer. */
const atLast = String.raw`(?!(?:(?!error:|warning:)[\s\S])*?retrying (?:from|in))`;
const download = (why: string) =>
  new RegExp(`unable to download ['"‘](?<url>[^\\n]*?)['"’]: ${why}${atLast}[^\\n]*`);

/** Its number stands behind what curl says of it: `Could not connect to server (7) …`, `… (curl error code=7)` of Lix. */
const curl = (code: string) => String.raw`(?:[^\n]*?\s*\((?:curl error code=)?(?<curlCode>${code})\))`;

const substitution = [
  'no-substituter',
  'paths-unknown',
  'substitutes-failed',
  'download-failed',
  'git-fetch-failed',
];

export const nixDownloads: readonly KnownMessage[] = [
  {
    id: 'github-rate-limit',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /unable to download ['"‘](?<url>https:\/\/api\.github\.com\/[^\n]+?)['"’]: HTTP error (?<httpStatus>403|429)/,
        "error: unable to download 'https://api.github.com/repos/NixOS/nixpkgs/commits/nixpkgs-unstable': HTTP error 403",
        'DeterminateSystems/zero-to-nix#340',
      ),
    ],
    title: 'GitHub answers no more questions from this address for now',
    causes: [
      because(
        'without a token GitHub answers 60 questions an hour for one address, which a company or a CI shares',
        'curl -s https://api.github.com/rate_limit',
        advise('wait: the limit is lifted within the hour'),
        advise(
          'put a token into ~/.config/nix/nix.conf (a file of mode 600): access-tokens = github.com=TOKEN',
          'the token can be read by whoever reads the file',
        ),
        advise('in a CI hand its own token over (github_access_token of install-nix-action)'),
      ),
      because(
        'the repository is private, and the token may not read it',
        null,
        advise('use a token that may read it, or fetch by git+ssh://'),
      ),
    ],
    brings: substitution,
  },
  {
    id: 'name-not-resolved',
    from: 'nix',
    rank: 'cause',
    alsoWarns: true,
    wordings: [
      seen(
        download(curl('6')),
        "error: unable to download 'http://nothere.invalid/x': Could not resolve hostname (6) Could not resolve host: nothere.invalid",
        'Nix 2.34.8; 2.8.0 says "Couldn\'t resolve host name (6)"',
      ),
    ],
    title: 'the name in {url} could not be looked up',
    causes: [
      because(
        'there is no network, or no name server answers',
        'getent hosts cache.nixos.org; resolvectl status',
        advise('bring the network up (nmtui, the cable, the VPN), then do it again: nothing is lost'),
        run('build with what is there, without any network', 'nix build --offline INSTALLABLE'),
      ),
      because(
        'the name is misspelt, or known only inside of a VPN',
        null,
        advise('look at the address: a cache of your own may be named in nix.settings.substituters'),
        run(
          'leave that cache out for once',
          'nix build --option substituters https://cache.nixos.org INSTALLABLE',
        ),
      ),
    ],
    brings: substitution,
  },
  {
    id: 'server-refused',
    from: 'nix',
    rank: 'cause',
    alsoWarns: true,
    wordings: [
      seen(
        download(curl('7')),
        "error: unable to download 'http://127.0.0.1:9/nix-cache-info': Could not connect to server (7) Failed to connect to 127.0.0.1:9 after 14 ms: Could not connect to server",
        'Nix 2.34.8; 2.8.0 says "Couldn\'t connect to server (7)"',
      ),
    ],
    title: 'nothing took the connection to {url}',
    causes: [
      where(
        {
          url: /\/\/(?:localhost|127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|[^/]*\.(?:local|lan|home|internal))/,
        },
        because(
          'the cache of your own does not run, or its machine is off',
          'curl -sS -o /dev/null {url}',
          advise('start it (attic, harmonia, nix-serve), or take it out of nix.settings.substituters'),
          run('leave it out for once', 'nix build --option substituters https://cache.nixos.org INSTALLABLE'),
          configure('go on without it when it is off', [
            'nix.settings.connect-timeout = 5;',
            'nix.settings.fallback = true;',
          ]),
        ),
      ),
      because(
        'the server is down, or a firewall or proxy lets nothing through',
        'curl -sS -o /dev/null {url}',
        advise('try again later; behind a proxy the daemon needs it too: networking.proxy.default'),
      ),
    ],
    brings: substitution,
  },
  {
    id: 'download-timed-out',
    from: 'nix',
    rank: 'cause',
    alsoWarns: true,
    wordings: [
      seen(
        download(curl('28|42')),
        "warning: unable to download 'https://cache.nixos.org/nix-cache-info': Timeout was reached (28)",
        'serokell/deploy-rs#293, its last line',
      ),
    ],
    title: 'no answer came in time from {url}',
    causes: [
      because(
        'the network is slow or loses packets; IPv6 that leads nowhere is a usual reason',
        'curl -4 -sS -o /dev/null -w "%{time_total}\\n" {url}',
        advise('try again; if IPv4 alone is fast, IPv6 is broken on the way'),
        configure('wait longer', [
          'nix.settings.connect-timeout = 60;',
          'nix.settings.stalled-download-timeout = 600;',
        ]),
      ),
      because(
        'the cache is overloaded or down',
        null,
        run('build what it does not give', 'nix build --fallback INSTALLABLE', 'building may take long'),
      ),
    ],
    brings: substitution,
  },
  {
    id: 'certificate-refused',
    from: 'nix',
    rank: 'cause',
    alsoWarns: true,
    wordings: [
      seen(
        download(curl('60|77|35')),
        "error: unable to download 'https://nixos.org/channels/nixpkgs-unstable': SSL peer certificate or SSH remote key was not OK (60)",
        'NixOS/nixpkgs#147992',
      ),
    ],
    title: 'the certificate of {url} is not trusted here',
    causes: [
      because(
        'the clock of the machine is wrong: a certificate holds only for some time',
        'date',
        advise('set the clock (timedatectl set-ntp true), then try again'),
      ),
      where(
        { curlCode: /77/ },
        because(
          'the file with the certificates is not there, or cannot be read',
          'echo "$NIX_SSL_CERT_FILE"; ls -lL /etc/ssl/certs/ca-certificates.crt',
          advise('let NIX_SSL_CERT_FILE name a file that is there; the daemon has its own environment'),
        ),
      ),
      because(
        'a company looks into all connections, and Nix does not know its certificate (the daemon has its own environment)',
        'curl -vI {url} 2>&1 | grep -i issuer',
        configure('trust the certificate of the company', [
          'security.pki.certificateFiles = [ ./company.pem ];',
        ]),
        advise('elsewhere than on NixOS set NIX_SSL_CERT_FILE for the daemon: ssl-cert-file in nix.conf'),
      ),
    ],
    brings: substitution,
  },
  {
    id: 'download-unauthorized',
    from: 'nix',
    rank: 'cause',
    alsoWarns: true,
    wordings: [
      seen(
        download('HTTP error (?<httpStatus>401|403|407)'),
        "error: unable to download 'http://127.0.0.1:18777/401/x': HTTP error 401\n\n       response body:\n\n       no",
        'Nix 2.34.8 against a server that says so',
      ),
    ],
    title: '{url} is not given to this machine (HTTP {httpStatus})',
    causes: [
      because(
        'the cache or repository is private, and the daemon has no name and password for it',
        'nix config show netrc-file',
        configure('keep them in a netrc file that only root reads', [
          'nix.settings.netrc-file = "/etc/nix/netrc";',
        ]),
        advise('for Cachix: cachix authtoken TOKEN, then cachix use NAME'),
      ),
      where(
        { httpStatus: /403/ },
        because(
          'a server says 403 for what is not there, too, or shuts this address or country out',
          'curl -sI {url}',
          advise('open the address in a browser: its page says why'),
        ),
      ),
      where(
        { httpStatus: /407/ },
        because(
          'the proxy wants a name and a password',
          null,
          advise('put them into networking.proxy.default'),
        ),
      ),
    ],
    brings: substitution,
  },
  {
    id: 'download-not-there',
    from: 'nix',
    rank: 'cause',
    alsoWarns: true,
    wordings: [
      seen(
        download('HTTP error (?<httpStatus>404|410)'),
        "error: unable to download 'http://127.0.0.1:18777/404/x': HTTP error 404\n\n       response body:\n\n       no",
        'Nix 2.34.8 against a server that says so',
      ),
      seen(
        words("file '<url>' does not exist in binary cache"),
        "error: file 'nar/1g0pdnpcaz0bngbs06n55z8s2flk4gkkh0hnygnha60k6df5kpic.nar.xz' does not exist in binary cache",
        'Nix 2.8.0 (2.34.8 as a warning), a cache that lost a file',
      ),
    ],
    title: '{url} is no longer there',
    causes: [
      where(
        { url: /^nar\/|\.nar/ },
        because(
          'the cache has the description of a path and no longer its content',
          null,
          run('build it instead', 'nix build --fallback INSTALLABLE', 'building may take long'),
          advise('tell those who run the cache'),
        ),
      ),
      where(
        { url: /github\.com|gitlab|codeberg/ },
        because(
          'the repository, branch or tag was renamed, deleted, or is private',
          'git ls-remote URL',
          advise('correct the address, or give a token for a private one (access-tokens)'),
        ),
      ),
      because(
        'the source was moved or deleted by its maker',
        'curl -sI {url}',
        advise(
          'look for a newer version of the package, a mirror, or a copy at web.archive.org with the same hash',
        ),
      ),
    ],
    brings: substitution,
  },
  {
    id: 'server-failed',
    from: 'nix',
    rank: 'cause',
    alsoWarns: true,
    wordings: [
      seen(
        download(String.raw`HTTP error (?<httpStatus>429|5\d\d)`),
        "error: unable to download 'https://install.determinate.systems/l1scnxvd1mvkdfsn6cvb6mx14pd2wy67.narinfo': HTTP error 502",
        'DeterminateSystems/nix-installer#1659',
      ),
    ],
    title: 'the server of {url} has a fault (HTTP {httpStatus})',
    causes: [
      where(
        { httpStatus: /429/ },
        because(
          'too much was asked of it in a short time',
          null,
          advise('wait some minutes, or ask with fewer connections (http-connections)'),
        ),
      ),
      because(
        'it is down or overloaded: nothing here is wrong',
        'curl -sI {url}',
        advise('try again later; for cache.nixos.org see status.nixos.org'),
        run('build what it does not give', 'nix build --fallback INSTALLABLE', 'building may take long'),
        run(
          'leave that cache out for once',
          'nix build --option substituters https://cache.nixos.org INSTALLABLE',
        ),
      ),
    ],
    brings: substitution,
  },
  {
    id: 'download-broken-off',
    from: 'nix',
    rank: 'cause',
    alsoWarns: true,
    wordings: [
      seen(
        download(
          String.raw`(?:HTTP error \d+ (?:\([^\n]*?\) )?\(curl error: (?<why>[^\n)]+)\)|${curl('16|18|52|55|56|92')})`,
        ),
        "error: unable to download 'http://127.0.0.1:18777/short/x': HTTP error 200 (curl error: Transferred a partial file)",
        'Nix 2.34.8 (and 2.8.0), a server that stops midway',
      ),
    ],
    title: 'the download of {url} broke off',
    causes: [
      because(
        'the connection was cut: wireless, a VPN, a proxy that limits size or time',
        null,
        advise('try again: what has come in whole is kept'),
        configure('use HTTP/1.1 and fewer connections, which old proxies bear better', [
          'nix.settings.http2 = false;',
          'nix.settings.http-connections = 5;',
        ]),
      ),
    ],
    brings: substitution,
  },
  {
    id: 'download-failed',
    from: 'nix',
    rank: 'cause',
    alsoWarns: true,
    wordings: [
      seen(
        download(String.raw`(?:${curl(String.raw`\d+`)}|HTTP error (?<httpStatus>\d+))`),
        "error: unable to download '': URL using bad/illegal format or missing URL (3)",
        'Nix 2.8.0 with an empty flake-registry',
      ),
    ],
    title: '{url} could not be downloaded',
    causes: [
      because(
        'curl says why in the message',
        'curl -sS -o /dev/null {url}',
        advise('look at the address and at the network, then try again'),
      ),
    ],
    sameAs: ['network'],
    brings: ['no-substituter', 'paths-unknown', 'substitutes-failed'],
  },
];
