/** What each item of `diagnose --quick` looks at beside those of the checks: a table of docs/check.md. */
import type { QuickFound } from '../model/advice/checked-quick.ts';
import type { ItemReference } from './check-reference.ts';

export const quickReference: { readonly [Kind in QuickFound['kind']]: ItemReference } = {
  'failed-units': {
    looksAt: 'units of systemd that have failed',
    warns: 'some have',
    fails: 'one of them is of Nix or NixOS (nix-daemon, nixos-rebuild…)',
    blind: 'a machine without systemd: unknown',
  },
  unit: {
    looksAt:
      'each unit that `guard.units` of the settings names: whether it is active, and whether what it `asks`, a URL or a socket, answers',
    warns: 'it is about to start',
    fails: 'it is not active, or what is asked does not answer (a URL: with 500 or more)',
    blind: 'without such settings there is no item',
  },
  'journal-errors': {
    looksAt: 'lines of priority err and worse in the journal, of the last ten minutes',
    warns: 'there are some; whose, how many and the last one of each are named',
    fails: null,
    blind: 'without root or the group systemd-journal (adm, wheel) one sees only one’s own: unknown',
  },
};
