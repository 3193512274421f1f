/** Which configuration a client evaluates, by its command line: `nixos-rebuild switch --flake github:me/config#box`. */
import { sameProcess } from '../../base/identity.ts';
import type { Client, Model } from '../model.ts';
import type { FindingSubject } from './finding.ts';

const tool = /(?:^|[ /])nixos-rebuild(?:-ng)?(?: |$)/;
const flake = /^--flake(?:=(.+))?$/;

/**
 * As the probes of evaluations take it; null: that of this machine (/etc/nixos). So is what is named relative to a
 * directory, since that is not known.
 */
export function configurationOf({ command }: Pick<Client, 'command'>): string | null {
  if (!tool.test(command)) return null;
  const words = command.split(' ');
  const at = words.findIndex((word) => flake.test(word));
  const named = at < 0 ? undefined : (flake.exec(words[at] ?? '')?.[1] ?? words[at + 1]);
  return named !== undefined && /^(?:\/|[a-z][a-z0-9+-]*:)/.test(named) ? named : null;
}

/** Of the client that a finding is about; else of the first that names one. */
export function likelyConfiguration(
  about: FindingSubject | null,
  { clients }: Pick<Model, 'clients'>,
): string | null {
  const own = about?.kind === 'client' ? clients.find((client) => sameProcess(client, about)) : undefined;
  if (own !== undefined) return configurationOf(own);
  for (const client of clients) {
    const named = configurationOf(client);
    if (named !== null) return named;
  }
  return null;
}
