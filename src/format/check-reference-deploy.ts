/** The same for `check deploy`. */
import type { DeployFound } from '../model/advice/checked-deploy.ts';
import type { ItemReference } from './check-reference.ts';

export const deployReference: { readonly [Kind in DeployFound['kind']]?: ItemReference } = {
  ssh: {
    looksAt: "the target, by the system's own ssh and its configuration, never asking for anything",
    warns: null,
    fails: 'it does not answer within 10 s, or refuses',
    blind: 'what only a password would open',
  },
};
