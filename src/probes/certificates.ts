/** The certificates that are trusted, where libcurl in Nix has them from; Node's own where there are none. */
import type { OwnFiles } from '../platform/ports.ts';
import type { HttpOptions } from './http-get.ts';

/** PEM; undefined: no file of them can be read. */
export async function certificatesOf(
  environment: HttpOptions['environment'],
  ownFiles: Pick<OwnFiles, 'read'>,
): Promise<string | undefined> {
  const named = environment.NIX_SSL_CERT_FILE || environment.SSL_CERT_FILE;
  for (const path of named
    ? [named]
    : ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt']) {
    const text = await ownFiles.read(path, { maxBytes: mostBytes });
    if (text.ok) return text.value;
  }
  return undefined;
}

const mostBytes = 4 << 20;
