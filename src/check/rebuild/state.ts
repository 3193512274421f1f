/** The daemon, the store's database, and whether anything may be written at all. */
import type { CheckItem } from '../../model/advice/check.ts';
import type { RebuildFacts } from '../../model/advice/rebuild-facts.ts';
import { unseen } from '../unseen.ts';

type Facts = Pick<RebuildFacts, 'machine' | 'state' | 'daemonSaid'>;

export function stateItems(facts: Facts): readonly CheckItem[] {
  return [daemon(facts), writable(facts), databaseItem(facts)];
}

/** A socket that nobody listens on refuses every client; root may do without, where no socket is. */
function daemon({ machine, daemonSaid }: Facts): CheckItem {
  const { socket } = machine.daemon;
  if (socket === 'absent')
    return unseen('daemon', null, {
      kind: 'gone',
      where: '/nix/var/nix/daemon-socket/socket',
      cause: 'a Nix of one user has none',
    });
  if (daemonSaid?.ok === false) return unseen('daemon', null, daemonSaid.problem);
  if (socket === 'present' && daemonSaid === null)
    return unseen('daemon', null, { kind: 'unsupported', where: '/proc/net/unix' });
  const said = daemonSaid?.value ?? null;
  return {
    id: 'daemon',
    subject: null,
    state: said === null ? 'ok' : 'failed',
    found: { kind: 'daemon', said },
  };
}

function writable({ state: { readOnly } }: Facts): CheckItem {
  if (!readOnly.ok) return unseen('store-writable', null, readOnly.problem);
  return {
    id: 'store-writable',
    subject: '/nix',
    state: readOnly.value ? 'failed' : 'ok',
    found: { kind: 'store-writable', readOnly: readOnly.value },
  };
}

export function databaseItem({ state: { database: read } }: Pick<Facts, 'state'>): CheckItem {
  if (!read.ok) return unseen('database', null, read.problem);
  const { bytes, sqlite } = read.value;
  return {
    id: 'database',
    subject: null,
    state: bytes === 0 || sqlite === false ? 'failed' : sqlite === null ? 'unknown' : 'ok',
    found: { kind: 'database', bytes, sqlite },
  };
}
