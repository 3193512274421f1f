/** URLs: who logs in, and parameters. Of substituters, flake inputs, git remotes, transfers, logs. */
import { redacted, type Take } from './kinds.ts';

const scheme = '[A-Za-z][A-Za-z0-9+.-]{0,30}://';
/** A password may hold a slash that nobody escaped; `:8080/` after a host is a port. */
const userinfo = new RegExp(
  String.raw`(?<![A-Za-z0-9])(${scheme})((?:[^\s/?#"'<>\\]{1,2048}|[^\s/:@?#"'<>\\]{0,256}:(?!\d{1,5}(?:[/?#]|$))[^\s"'<>\\]{0,2048})@)`,
  'g',
);
/** A name alone is who logs in with a key. */
const byKey = /^(?:ssh|ssh-ng|git\+ssh|git|sftp|rsync)(?:\+\w+)?:/i;

/** The parameters of a URL that has some. */
const query = new RegExp(
  String.raw`(?<![A-Za-z0-9])(${scheme}[^\s?#"'<>\\]{0,4096})([?#][^\s"'<>\\]{1,8192})`,
  'g',
);
const parameter = /([?&;#])([^=&;#?]{1,128})=([^&;#]*)/g;

/** Of flake references and stores (Nix manual), and of what one downloads from: none of them is secret. */
const harmless = new Set([
  ...['rev', 'ref', 'dir', 'host', 'narhash', 'lastmodified', 'revcount', 'submodules', 'shallow', 'allrefs'],
  ...[
    'lfs',
    'exportignore',
    'name',
    'unpack',
    'flake',
    'type',
    'owner',
    'repo',
    'id',
    'dirtyrev',
    'dirtyshortrev',
  ],
  ...['compression', 'compression-level', 'parallel-compression', 'priority', 'trusted', 'want-mass-query'],
  ...['system-features', 'store', 'root', 'state', 'log', 'real', 'local-nar-cache', 'index-debug-info'],
  ...['write-nar-listing', 'ls-compression', 'log-compression', 'path-info-cache-size', 'max-connections'],
  ...[
    'max-connection-age',
    'compress',
    'remote-program',
    'remote-store',
    'ssh-key',
    'sshkey',
    'base64-ssh-public-host-key',
  ],
  ...['region', 'scheme', 'endpoint', 'profile', 'multipart-upload', 'buffer-size', 'addressing-style'],
  ...[
    'arch',
    'os',
    'v',
    'version',
    'format',
    'branch',
    'path',
    'file',
    'page',
    'tag',
    'sha256',
    'hash',
    'archive',
  ],
]);

export function withoutUrlSecrets(line: string, take: Take): string {
  if (!line.includes('://')) return line;
  return line
    .replace(userinfo, (whole, begin: string, info: string) => {
      const who = info.slice(0, -1);
      if (who === redacted || (byKey.test(begin) && !who.includes(':'))) return whole;
      const password = who.slice(who.indexOf(':') + 1);
      return `${begin}${take('url', password)}@`;
    })
    .replace(query, (_, begin: string, rest: string) => begin + withoutParameters(rest, take));
}

function withoutParameters(rest: string, take: Take): string {
  return rest.replace(parameter, (whole, mark: string, name: string, value: string) => {
    const isHarmless = value === '' || value === redacted || harmless.has(name.toLowerCase());
    return isHarmless ? whole : `${mark}${name}=${take('url', value)}`;
  });
}
