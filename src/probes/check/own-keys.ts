/** Public keys that ssh can offer from this account: those of the agent, and of its files. */
import type { OwnKeys } from '../../model/advice/deploy-facts.ts';
import type { AuthorizedKey } from '../../model/advice/wanted-system.ts';
import { parseSshKeys } from '../../parse/ssh-key.ts';
import type { ProbeContext } from '../probe.ts';
import { runProgram } from '../run-program.ts';
import { within } from './within.ts';

/** An agent that is forwarded over a connection that is dead never answers. */
const keysMs = 10_000;

/** Files that are not there say so on stderr. */
const readAll = `for f; do case $f in "~/"*) f=$HOME/\${f#"~/"};; esac; cat -- "$f.pub" 2>/dev/null; echo; done`;

/** Without private ones: they are neither needed nor read. */
export async function readOfferedKeys(
  identityFiles: readonly string[],
  context: ProbeContext,
): Promise<readonly AuthorizedKey[]> {
  const [agent, files] = await Promise.all([
    within(keysMs, 'ssh-add', context, (bounded) => runProgram(bounded, ['ssh-add', '-L'])),
    within(keysMs, '~/.ssh', context, (bounded) =>
      runProgram(bounded, ['sh', '-c', readAll, 'sh', ...identityFiles]),
    ),
  ]);
  const keys = [agent, files].flatMap((run) => (run.ok ? parseSshKeys(run.value.stdout.join('\n')) : []));
  const known = new Map(keys.filter(({ damaged }) => !damaged).map((key) => [key.blob, key]));
  return [...known.values()];
}

/** `acceptedKey`: a fingerprint. */
export async function ownKeys(
  offered: readonly AuthorizedKey[],
  acceptedKey: string | null,
): Promise<OwnKeys> {
  if (acceptedKey === null) return { used: null, offered };
  for (const key of offered) if ((await fingerprint(key)) === acceptedKey) return { used: key, offered };
  return { used: null, offered };
}

/** `SHA256:` and the digest of the blob in base64 without `=`: ssh-keygen(1), `-l`. */
async function fingerprint({ blob }: AuthorizedKey): Promise<string | null> {
  if (blob === null) return null;
  const bytes = Uint8Array.from(atob(blob), (character) => character.charCodeAt(0));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return `SHA256:${btoa(String.fromCharCode(...digest)).replace(/=+$/, '')}`;
}
