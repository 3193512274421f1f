/** Whom a client waits for, as its log or the kernel's table of locks tells. */
import type { Partner } from '../model/diagnosis/verdict.ts';
import type { Client, LockWait, Model, Worker } from '../model/model.ts';
import type { Rebuild, Wait } from '../model/rebuild/rebuild.ts';

/** The longest wait of a rebuild; null: none. `sinceMs` Unix. */
export function loggedWait(rebuild: Rebuild): { readonly partner: Partner; readonly sinceMs: number } | null {
  let first: Wait | null = null;
  for (const wait of rebuild.waits.values()) if (first === null || wait.sinceMs < first.sinceMs) first = wait;
  return first === null ? null : { partner: partnerOf(first, rebuild), sinceMs: first.sinceMs };
}

function partnerOf({ for: what }: Wait, rebuild: Rebuild): Partner {
  switch (what.kind) {
    case 'output-lock':
      return { kind: 'lock', path: what.paths[0] ?? null, holderPid: null, holder: null };
    case 'profile-lock':
      return { kind: 'profile', path: what.path };
    case 'machine':
      return { kind: 'machine' };
    case 'upload-lock': {
      const { host } = what;
      let waiting = 0;
      for (const one of rebuild.waits.values())
        if (one.for.kind === 'upload-lock' && one.for.host === host) waiting += 1;
      return { kind: 'upload-lock', host, waiting };
    }
    case 'garbage-collection':
      return { kind: 'garbage-collection', holderPid: null, holder: null };
    case 'build-user':
    case 'store-lock':
      return { kind: what.kind };
    case 'fetch-lock':
      return { kind: 'other-fetch', input: what.input };
    case 'database':
      return { kind: 'database', path: what.path };
    case 'other':
      return { kind: 'said', text: what.text };
  }
}

/** The lock that a client or a worker of it waits for, with its holder. */
export function lockPartner(wait: LockWait): Partner {
  const { path, holderPid, holder } = wait;
  if (path?.endsWith('/gc.lock')) return { kind: 'garbage-collection', holderPid, holder };
  return { kind: 'lock', path, holderPid, holder };
}

/** The hook of its log, with the process that a worker of it has started for it. */
export function hookPartner(drv: string | null, workers: readonly Worker[]): Partner {
  const hook = workers.find((one) => one.hook !== undefined)?.hook;
  const { program, pid } = hook?.child ?? hook ?? { program: null, pid: null };
  return { kind: 'post-build-hook', drv, program, pid };
}

/** A switch of another client, or one that nobody waits for any more. */
export function unitPartner(client: Client, unit: string, model: Model): Partner {
  const other = model.clients.find((one) => one !== client && one.tool === 'switch-to-configuration');
  return { kind: 'unit', unit, switchPid: other?.pid ?? null };
}

/** Both tell of the same wait: who holds a lock is in the kernel's table alone. */
export function joined(logged: Partner, locked: LockWait | null): Partner {
  if (locked === null) return logged;
  const { holderPid, holder } = locked;
  if (logged.kind === 'lock') return { ...logged, path: logged.path ?? locked.path, holderPid, holder };
  return logged.kind === 'garbage-collection' ? { ...logged, holderPid, holder } : logged;
}
