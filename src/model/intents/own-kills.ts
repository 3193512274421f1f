/** What an action of ours ended, as notices for the next Sample: so that it is recorded, replayed and joined as others' are. */
import type { Notice, NoticeData } from '../diagnosis/notice.ts';
import type { KeptEntry } from './outcome.ts';

type Entry = Pick<KeptEntry, 'intent' | 'status' | 'time' | 'summary'>;
type OwnKill = Extract<NoticeData, { kind: 'own-kill' }>;

/** Only of an action that is done: of one that is done in part nobody knows which. */
export function ownKills({ intent, status, time, summary }: Entry): readonly Notice[] {
  if (status !== 'done' || intent === null) return [];
  const timeMs = Date.parse(time);
  if (!Number.isFinite(timeMs)) return [];
  return victimsOf(intent).map((one) => ({ ...one, timeMs, from: 'nixpulse', text: summary }));
}

function victimsOf(intent: NonNullable<KeptEntry['intent']>): readonly OwnKill[] {
  const kind = 'own-kill';
  const ofBuild = ({ root, uid, name }: { root: OwnKillRoot; uid: number | null; name: string | null }) =>
    ({ kind, pid: root.pid, startTime: root.startTime, uid, build: name, command: null }) as const;
  switch (intent.type) {
    case 'kill':
      return intent.targets.map(ofBuild);
    case 'cancel':
      return [
        ...intent.clients.map(({ process: { pid, startTime }, command }) => {
          return { kind, pid, startTime, uid: null, build: null, command } as const;
        }),
        ...intent.orphans.map(ofBuild),
      ];
    case 'signal':
      // Any other may be survived.
      return intent.signal === 'KILL' ? [ofBuild({ ...intent.build, root: intent.process })] : [];
    default:
      return [];
  }
}

type OwnKillRoot = Pick<OwnKill, 'pid' | 'startTime'>;
