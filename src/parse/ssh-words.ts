/** What `ssh -v` and `ssh -G` of OpenSSH say. */
import { withoutCommands } from '../base/text.ts';

export interface SshSaid {
  /** The last line that is for people: why it failed, where it did. */
  readonly last: string | null;
  /** Of the key that the target took: `SHA256:…` as `ssh-keygen -l` prints it. */
  readonly acceptedKey: string | null;
  /** The target let us in, whatever came of it. */
  readonly isIn: boolean;
}

/** sshconnect.c, ssh.c: what stands on stderr with `-v` besides what is for people. */
const debug =
  /^(?:debug\d: |OpenSSH_|Authenticated to |Transferred: |Bytes per second: |Warning: Permanently added )/;
/** `Authenticated to web ([10.0.0.5]:22) using "publickey".`; of a connection that was there, mux.c. */
const entered = /^(?:Authenticated to |debug1: mux_client_request_session: master session id)/;
/** `debug1: Server accepts key: /root/.ssh/id_ed25519 ED25519 SHA256:… explicit`, sshconnect2.c. */
const accepted = /^debug1: Server accepts key: .* (SHA256:[A-Za-z0-9+/]{43})(?: |$)/;

export function readSshWords(lines: readonly string[]): SshSaid {
  const told = lines
    .map((line) => withoutCommands(line).trim())
    .filter((line) => line !== '' && !debug.test(line));
  return {
    last: told.at(-1) ?? null,
    // Of several, as with two methods, the last one is what opened it.
    acceptedKey: lines.flatMap((line) => accepted.exec(line)?.[1] ?? []).at(-1) ?? null,
    isIn: lines.some((line) => entered.test(line)),
  };
}

export interface SshTarget {
  readonly address: string;
  /** It is reached through another machine or program: a ping from here says nothing. */
  readonly indirect: boolean;
  /** Paths of private keys, `~` as it stands. */
  readonly identityFiles: readonly string[];
}

/** Rows of `ssh -G`: `hostname 10.0.0.5`; `proxyjump none` where it was set to that. Null: no address. */
export function parseSshTarget(lines: readonly string[]): SshTarget | null {
  const values = (name: string) =>
    lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  const [address] = values('hostname');
  if (address === undefined || address === '' || address.startsWith('-')) return null;
  return {
    address,
    indirect: [...values('proxyjump'), ...values('proxycommand')].some((value) => value !== 'none'),
    identityFiles: values('identityfile'),
  };
}
