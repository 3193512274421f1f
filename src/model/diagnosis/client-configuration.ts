/** Which configuration a client evaluates, by its command line: `nixos-rebuild switch --flake github:me/config#box`. */
import { type ProcessIdentity, sameProcess } from '../../base/identity.ts';
import type { Client, Model } from '../model.ts';
import type { FindingSubject } from './finding.ts';
import { relativeFlake } from './relative-flake.ts';

const tool = /(?:^|[ /])nixos-rebuild(?:-ng)?(?: |$)/;
const flake = /^--flake(?:=(.+))?$/;
/** A path from the root, or an address. `path:.` is relative. */
const absolute = /^(?:\/|[a-z][a-z0-9+-]*:(?!\.))/;
/** `config#box`, of the registry: nix3-flake(1), indirect. */
const indirect = /^[a-zA-Z][\w-]*(?:\/[^#]*)?(?:#|$)/;

/**
 * As the probes of evaluations take it; null: that of this machine (/etc/nixos). What is named relative to the
 * directory of the client is found by the probe, for others may not see it. Undefined: it evaluates something else.
 */
export function configurationOf({
  command,
  ...client
}: Pick<Client, 'command'> & ProcessIdentity): string | null | undefined {
  if (!tool.test(command)) return undefined;
  const words = command.split(' ');
  const at = words.findIndex((word) => flake.test(word));
  if (at < 0) return null;
  const next = words[at + 1];
  // Without a value it is the flake of the working directory.
  const given = flake.exec(words[at] ?? '')?.[1] ?? (next?.startsWith('-') ? undefined : next);
  const named = (given ?? '.').replace(/^path:(?=\.)/, '');
  return absolute.test(named) || indirect.test(named) ? named : relativeFlake(client, named);
}

/** Of the client that a finding is about; else of the first that names one. */
export function likelyConfiguration(
  about: FindingSubject | null,
  { clients }: Pick<Model, 'clients'>,
): string | null | undefined {
  const own = about?.kind === 'client' ? clients.find((client) => sameProcess(client, about)) : undefined;
  if (own !== undefined) return configurationOf(own);
  for (const client of clients) {
    const named = configurationOf(client);
    if (typeof named === 'string') return named;
  }
  return null;
}
