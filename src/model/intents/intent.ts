/** What a person or a verb wants done to the machine: data, naming its targets by identity. */
import { type ProcessIdentity, sameProcess } from '../../base/identity.ts';
import type { ProbeId } from '../diagnosis/probe.ts';
import { isActivating } from '../forest/derive-activation.ts';
import type { Build, Client, Model } from '../model.ts';
import type { ProcedureId } from '../recover/procedure.ts';
import type { HeaviestReason } from './heaviest-build.ts';

/** A build as it was when the question was asked. */
export interface BuildTarget {
  readonly root: ProcessIdentity;
  /** Its build user; null where builds have none of their own. */
  readonly uid: number | null;
  readonly name: string | null;
  readonly user: string | null;
}

/** What a user started. */
export interface ClientTarget {
  readonly process: ProcessIdentity;
  readonly command: string;
  /** It activates, and that is to be stopped midway; absent: an activation is left alone. */
  readonly activating?: boolean;
}

export type SignalName = 'TERM' | 'INT' | 'KILL' | 'STOP' | 'CONT';

/** Profiles whose generations can be rolled back: the link without `-N-link`. */
export interface ProfileTarget {
  readonly kind: 'system' | 'user' | 'home-manager';
  /** `/nix/var/nix/profiles/system`. */
  readonly path: string;
}

export type Intent =
  /** `reason`: why the emergency kill chose this one. */
  | {
      readonly type: 'kill';
      readonly targets: readonly BuildTarget[];
      readonly reason: HeaviestReason | null;
    }
  /** One process of a build's tree. */
  | {
      readonly type: 'signal';
      readonly build: BuildTarget;
      readonly process: ProcessIdentity;
      readonly signal: SignalName;
    }
  | { readonly type: 'pause'; readonly targets: readonly BuildTarget[] }
  | { readonly type: 'resume'; readonly targets: readonly BuildTarget[] }
  /** CPU and disk only where nobody else wants them: nice 19, idle I/O. */
  | { readonly type: 'lower'; readonly targets: readonly BuildTarget[] }
  /**
   * Held up past so much memory (memory.high), and behind others at the disk (io.weight): a build's own cgroup, or that
   * of the daemon with all of its builds. Both absent: half of what is there, and the least weight; one: only the other.
   */
  | {
      readonly type: 'limit';
      readonly targets: readonly BuildTarget[];
      readonly memoryHighBytes?: number;
      readonly ioWeight?: number;
    }
  /** What `lower` and `limit` changed is as before. */
  | { readonly type: 'restore'; readonly targets: readonly BuildTarget[] }
  /** `orphans`: builds whose worker was killed; they are ended too. */
  | {
      readonly type: 'cancel';
      readonly clients: readonly ClientTarget[];
      readonly orphans: readonly BuildTarget[];
      readonly everything: boolean;
    }
  | { readonly type: 'restart-daemon' }
  /** It leaves everything alone for so long; 0: no longer. `directory`: of its files. */
  | {
      readonly type: 'hold-guard';
      readonly guard: ProcessIdentity;
      readonly directory: string;
      readonly holdMs: number;
    }
  /** One that the settings name. */
  | { readonly type: 'restart-unit'; readonly unit: string }
  | {
      readonly type: 'rollback';
      readonly profile: ProfileTarget;
      readonly generation: number;
      readonly mode: 'boot' | 'switch';
      /** What the number named when the question was asked: refused if it names something else by now. */
      readonly storePath?: string;
    }
  /** `allowOldVerify`: on a Nix without `nix store verify`, take the old one, which changes the database. */
  | { readonly type: 'verify'; readonly allowOldVerify?: boolean }
  /** Gathers what a maintainer asks for into one archive there, or in memory while that disk does not answer. */
  | { readonly type: 'collect'; readonly directory: string }
  /** One step of an emergency procedure that no other Intent is. */
  | { readonly type: 'recover'; readonly procedure: ProcedureId; readonly step: string }
  | { readonly type: 'repair'; readonly paths: readonly string[] }
  | { readonly type: 'collect-garbage'; readonly olderThanDays: number | null }
  /** Looks and changes nothing, unless its row says what it touches. `force`: even while memory or disk is critical. */
  | {
      readonly type: 'probe';
      readonly probe: ProbeId;
      readonly subject: string | null;
      readonly force?: boolean;
    };

export type IntentType = Intent['type'];

export function targetOf({ pid, startTime, uid, name, user }: Build): BuildTarget {
  return { root: { pid, startTime }, uid, name, user };
}

export function clientTargetOf(client: Client): ClientTarget {
  const { pid, startTime, command } = client;
  return { process: { pid, startTime }, command, ...(isActivating(client) ? { activating: true } : {}) };
}

/** What has to be typed before a client is stopped that leaves a system between two configurations. */
export function wordToCancel(clients: readonly Client[]): string | null {
  return clients.some(isActivating) ? 'stop' : null;
}

/** The build as it is now, or null when it ended. */
export function buildOf(target: BuildTarget, model: Model): Build | null {
  return model.builds.find((build) => sameProcess(build, target.root)) ?? null;
}

export function clientOf(target: ClientTarget, model: Model): Client | null {
  return model.clients.find((client) => sameProcess(client, target.process)) ?? null;
}

/** How a build is called: its name, else its user, else its pid. */
export function titleOfTarget({ name, user, root }: BuildTarget): string {
  return name ?? (user === null ? `build ${root.pid}` : `build of ${user}`);
}
