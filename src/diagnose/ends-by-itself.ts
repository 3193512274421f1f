/**
 * What goes on from its first moment to its last, and ends when it is done; of others nothing may be what they are for:
 * a shell (`nix develop`), a language server, a service idles for weeks.
 */
import type { ClientPhase } from '../model/model.ts';

export const endsByItself: ReadonlySet<ClientPhase | null> = new Set([
  'evaluating',
  'copying',
  'collecting garbage',
  'verifying',
  'optimising',
  'activating',
  'installing bootloader',
]);
