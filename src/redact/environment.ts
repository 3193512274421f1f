/** An environment: by a list of what may be told. */
import type { Take } from './kinds.ts';
import { isSecretVariable } from './names.ts';

const notTold = '[left out]';

/** Their values are looked at like any other text. */
const told =
  /^(?:NIX_(?!CONFIG$|GITHUB|.*TOKEN|.*SECRET|.*PASS|.*KEY)\w+|PATH|LANG|LANGUAGE|LC_\w+|TERM|COLORTERM|SHELL|USER|LOGNAME|HOME|PWD|TMPDIR|TZ|XDG_(?:STATE|CACHE|CONFIG|DATA|RUNTIME)_\w+|XDG_CONFIG_DIRS|IN_NIX_SHELL|SUDO_USER|DOAS_USER|INVOCATION_ID|JOURNAL_STREAM|LISTEN_FDS|NOTIFY_SOCKET|MALLOC_\w+|GC_\w+|(?:https?|ftp|all|no)_proxy|(?:HTTPS?|FTP|ALL|NO)_PROXY|CURL_CA_BUNDLE|SSL_CERT_FILE|NIXPULSE_\w+|SYSTEMD_\w+)$/;
/** A proxy is named without who logs in to it, also where it has no scheme: `me:password@proxy:3128`. */
const proxyLogin = /^([^@/\s]+)@/;

export function withoutEnvironment(
  entries: readonly string[],
  take: Take,
  each: (text: string) => string,
): readonly string[] {
  return entries.flatMap((entry) => {
    const at = entry.indexOf('=');
    if (at <= 0) return [];
    const name = entry.slice(0, at);
    const value = entry.slice(at + 1);
    if (!told.test(name)) {
      if (value === '') return [entry];
      // Not a secret that was found: nobody looked.
      return [`${name}=${isSecretVariable(name) ? take('environment', value) : notTold}`];
    }
    const shown = /_proxy$/i.test(name) ? value.replace(proxyLogin, () => `${take('url')}@`) : value;
    return [`${name}=${each(shown)}`];
  });
}
