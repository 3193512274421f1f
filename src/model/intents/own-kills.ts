/** What an action of ours ended, as notices for the next Sample: so that it is recorded, replayed and joined as others' are. */
import type { Notice, NoticeData } from '../diagnosis/notice.ts';
import type { BuildTarget, ClientTarget } from './intent.ts';
import type { KeptEntry } from './outcome.ts';

type Entry = Pick<KeptEntry, 'intent' | 'status' | 'time' | 'summary' | 'via'>;
type OwnKill = Extract<NoticeData, { kind: 'own-kill' }>;

/** Only of an action that is done: of one that is done in part nobody knows which. */
export function ownKills({ intent, status, time, summary, via }: Entry): readonly Notice[] {
  if (status !== 'done' || intent === null) return [];
  const timeMs = Date.parse(time);
  if (!Number.isFinite(timeMs)) return [];
  return victimsOf(intent).map((one) => ({
    ...one,
    ...(via === 'guard' && { guard: true }),
    timeMs,
    from: 'nixpulse',
    text: summary,
  }));
}

function victimsOf(intent: NonNullable<KeptEntry['intent']>): readonly OwnKill[] {
  const ofBuild = ({ root: { pid, startTime }, uid, name: build }: BuildTarget): OwnKill => {
    return { kind: 'own-kill', what: 'build', pid, startTime, uid, build, command: null };
  };
  const ofClient = ({ process: { pid, startTime }, command }: ClientTarget): OwnKill => {
    return { kind: 'own-kill', what: 'client', pid, startTime, uid: null, build: null, command };
  };
  switch (intent.type) {
    case 'kill':
      return intent.targets.map(ofBuild);
    case 'cancel':
      return [...intent.clients.map(ofClient), ...intent.orphans.map(ofBuild)];
    case 'signal': {
      const { build, process, signal } = intent;
      // Any other may be survived.
      return signal === 'KILL' ? [{ ...ofBuild({ ...build, root: process }), what: 'process' }] : [];
    }
    default:
      return [];
  }
}
