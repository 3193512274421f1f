/** An entry of the journal for tests. */
import type { JournalEntry } from '../../src/model/intents/outcome.ts';

export function journalEntry(over: Partial<JournalEntry> = {}): JournalEntry {
  return {
    version: 1,
    time: '2026-11-20T13:27:40.000Z',
    user: 'root for ada',
    via: 'dashboard',
    intent: {
      type: 'kill',
      targets: [
        { root: { pid: 2001, startTime: 20010 }, uid: 30003, name: 'firefox-130.0', user: 'nixbld3' },
      ],
      reason: null,
    },
    title: 'kill firefox-130.0',
    status: 'done',
    summary: 'killed firefox-130.0: 14 processes ended in 36 ms, 11 GB came back',
    details: ['nixos-rebuild switch --flake .#box ended with it'],
    durationMs: 36,
    ...over,
  };
}
