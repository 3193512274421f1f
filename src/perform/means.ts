/** What acting takes, put together for the dashboard and for the commands. */
import { createPerformIntent } from '../actions/registry.ts';
import { createRollback } from '../actions/rollback.ts';
import { generationReaders } from '../nix-store/generations.ts';
import type { Ports } from '../platform/ports.ts';
import type { Means } from './carry-out.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Loads every action: what ends a build in a freeze is in memory from the start. */
export function createMeans(ports: Ports, readForest: Means['readForest'], environment: Environment): Means {
  const performIntent = createPerformIntent({ rollback: createRollback(generationReaders()) });
  return {
    ports,
    readForest,
    stateDirectory: stateDirectory(environment),
    performIntent,
    user: userName(environment, ports.native.uid),
  };
}

/** XDG Base Directory Specification: a relative path counts as none. */
export function stateDirectory({ XDG_STATE_HOME, HOME }: Environment): string {
  const base = XDG_STATE_HOME?.startsWith('/') ? XDG_STATE_HOME : `${HOME || ''}/.local/state`;
  return `${base.replace(/\/+$/, '')}/nixpulse`;
}

/** `ada`, `root for ada`: who asked, not only as whom. */
export function userName({ USER, LOGNAME, SUDO_USER, DOAS_USER }: Environment, uid: number): string {
  const name = uid === 0 ? 'root' : USER || LOGNAME || `uid ${uid}`;
  const asker = SUDO_USER || DOAS_USER;
  return asker && asker !== name ? `${name} for ${asker}` : name;
}
