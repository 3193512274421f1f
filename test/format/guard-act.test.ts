import { expect, test } from 'vitest';
import {
  guardActText,
  guardEnvironment,
  guardJournalFields,
  guardMessageIds,
  guardPriority,
} from '../../src/format/guard-act.ts';
import { journalDatagram } from '../../src/format/journal-entry.ts';
import type { GuardAct } from '../../src/model/guard/guard.ts';

const act = (over: Partial<GuardAct> = {}): GuardAct => ({
  ...{ atMs: 1, rule: 'memory', action: 'pause', names: ['firefox-130.0'], value: 34.2, limit: 20 },
  ...{ unit: 'percent', heldSec: 5, evidence: [], dryRun: false, status: 'done', summary: 'paused it' },
  ...over,
});

test.each([
  [{}, 'paused firefox-130.0: memory pressure 34%, limit 20%, for 5 seconds', 4],
  [
    { dryRun: true, status: null, summary: null },
    'would pause firefox-130.0: memory pressure 34%, limit 20%, for 5 seconds',
    5,
  ],
  [
    { action: 'kill', rule: 'leak', value: 8 * 1024 ** 3, limit: 4 * 1024 ** 3, unit: 'bytes', heldSec: 1 },
    'killed firefox-130.0: memory of one build 8.0 GB, limit 4.0 GB, for 1 second',
    3,
  ],
  [
    { status: 'denied', summary: 'not permitted to pause firefox-130.0: needs CAP_KILL' },
    'could not pause firefox-130.0: memory pressure 34%, limit 20%, for 5 seconds (not permitted to pause firefox-130.0: needs CAP_KILL)',
    3,
  ],
  [
    { value: 4.6, limit: 15, unit: 's', heldSec: 1, below: true },
    'paused firefox-130.0: memory is gone in 4.6 s, limit 15 s, for 1 second',
    4,
  ],
  [{ value: 8, limit: 10, below: true }, 'paused firefox-130.0: memory left 8%, limit 10%, for 5 seconds', 4],
  [{ action: 'resume' }, 'resumed firefox-130.0: memory pressure is calm', 5],
  [
    { action: 'tell', names: [], status: null, value: null },
    'look: memory pressure, limit 20%, for 5 seconds',
    4,
  ],
  [
    { action: 'restart-unit', rule: 'unit', names: ['x.service'], value: null, limit: 0, unit: 'none' },
    'restarted x.service: down or silent for 5 seconds',
    4,
  ],
  [
    { names: ['a', 'b', 'c', 'd', 'e'] },
    'paused a, b, c and 2 more: memory pressure 34%, limit 20%, for 5 seconds',
    4,
  ],
] as const)('%j', (over, text, priority) => {
  expect(guardActText(act(over as Partial<GuardAct>))).toBe(text);
  expect(guardPriority(act(over as Partial<GuardAct>))).toBe(priority);
});

test('a name that lies makes no line of its own', () => {
  const fields = guardJournalFields(
    act({ names: ['a\nPRIORITY=0\u001b[2J'], summary: 'x\ny', status: 'failed' }),
  );
  const text = new TextDecoder().decode(journalDatagram(fields));
  expect(text.split('\n').filter((line) => line.startsWith('PRIORITY='))).toEqual(['PRIORITY=3']);
  expect(text).not.toContain('\u001b');
});

test('programs read every figure, and which derivation', () => {
  expect(guardJournalFields(act())).toMatchObject({
    ...{ PRIORITY: 4, MESSAGE_ID: guardMessageIds.act, SYSLOG_IDENTIFIER: 'nixpulse-guard' },
    ...{ NIXPULSE_RULE: 'memory', NIXPULSE_ACTION: 'pause', NIXPULSE_TARGET: 'firefox-130.0' },
    ...{ NIXPULSE_VALUE: 34.2, NIXPULSE_LIMIT: 20, NIXPULSE_UNIT: 'percent', NIXPULSE_DRY_RUN: 0 },
    DRV: 'firefox-130.0',
  });
  expect(guardJournalFields(act({ action: 'cancel', names: ['nix-build'] }))['DRV']).toBeNull();
  expect(guardJournalFields(act({ names: ['build of nixbld1'] }))['DRV']).toBeNull();
  expect(guardEnvironment(act({ value: null, dryRun: true }))).toMatchObject({
    ...{ NIXPULSE_VALUE: '', NIXPULSE_DRY_RUN: '1', NIXPULSE_ACTION: 'pause' },
  });
});

test('each kind of entry has an id of its own, as sd_id128 takes it', () => {
  const ids = Object.values(guardMessageIds);
  expect(new Set(ids).size).toBe(ids.length);
  // Random ones of RFC 9562: version 4.
  for (const id of ids) expect(id).toMatch(/^[\da-f]{12}4[\da-f]{3}[89ab][\da-f]{15}$/);
});

test('a value of several lines is told with its length; what is no field is left out', () => {
  const bytes = journalDatagram({ MESSAGE: 'a\nbé', EMPTY: '', NONE: null, _PID: 1, lower: 1, N: 0 });
  const text = new TextDecoder('latin1').decode(bytes);
  const value = new TextDecoder('latin1').decode(new TextEncoder().encode('a\nbé'));
  expect(text).toBe(`MESSAGE\n\x05\0\0\0\0\0\0\0${value}\nN=0\n`);
});
