import { describe, expect, it } from 'vitest';
import { fail, ok } from '../../src/base/problem.ts';
import { quickItems } from '../../src/check/quick.ts';
import { itemRemedies, itemText } from '../../src/format/check-words.ts';
import type { QuickFacts } from '../../src/model/advice/quick-facts.ts';
import { soundFacts, soundMachine } from '../support/rebuild-facts.ts';

function factsOf(over: Partial<QuickFacts> = {}): QuickFacts {
  const { settings, state, daemonSaid, caches, memoryLimit } = soundFacts();
  return {
    ...{ settings, state, daemonSaid, caches, memoryLimit },
    machine: ok(soundMachine()),
    units: ok({ failed: [], jobs: [] }),
    asked: [],
    errors: ok({ minutes: 10, count: 0, more: false, by: [] }),
    ...over,
  };
}
const states = (facts: QuickFacts) =>
  Object.fromEntries(quickItems(facts).map(({ id, state }) => [id, state]));
const only = (facts: QuickFacts, id: string) => {
  const item = quickItems(facts).find((one) => one.id === id);
  if (item === undefined) throw new Error(`no item ${id}`);
  return { state: item.state, text: itemText(item), ways: itemRemedies(item).length };
};
const failedUnit = (unit: string) => ({ unit, state: 'failed', description: '' });

describe('the quick diagnosis', () => {
  it('of a sound machine is ok throughout, and fits a screen', () => {
    const items = quickItems(factsOf());
    expect(items.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(items.length).toBeLessThan(20);
    for (const id of [
      'daemon',
      'database',
      'store-space',
      'memory',
      'disks',
      'failed-units',
      'journal-errors',
      'cache',
    ])
      expect(Object.keys(states(factsOf()))).toContain(id);
  });

  it('names what was late, and goes on with the rest', () => {
    const late = fail('timeout', 'this machine', 'no answer within 4.5 s');
    const items = quickItems(factsOf({ machine: late, errors: fail('timeout', 'journalctl', 'no answer') }));
    const unknown = items.filter(({ state }) => state === 'unknown');
    expect(unknown.map(({ id }) => id)).toEqual([
      'daemon',
      'store-space',
      'memory',
      'disks',
      'journal-errors',
    ]);
    expect(itemText(unknown[0] as (typeof items)[number])).toBe('this machine: no answer within 4.5 s');
    expect(items.filter(({ state }) => state === 'ok').length).toBeGreaterThan(2);
  });

  it('fails where a unit of Nix has failed, and warns of others', () => {
    const withFailed = (...names: string[]) =>
      factsOf({ units: ok({ failed: names.map(failedUnit), jobs: [] }) });
    expect(states(withFailed('nix-daemon.service'))['failed-units']).toBe('failed');
    expect(states(withFailed('nixos-rebuild-switch-to-configuration.service'))['failed-units']).toBe(
      'failed',
    );
    const other = only(
      withFailed('bluetooth.service', 'a.service', 'b.service', 'c.service'),
      'failed-units',
    );
    expect(other).toMatchObject({ state: 'warning', ways: 1 });
    expect(other.text).toBe('failed: bluetooth.service, a.service and 2 more');
  });

  it('asks units of the settings, and what they are to answer', () => {
    const asked = (active: string, said: string | null) =>
      only(
        factsOf({
          asked: [
            {
              unit: 'llamacpp.service',
              active: ok(active),
              asks: { address: 'http://localhost:8080/health', found: ok(said) },
            },
          ],
        }),
        'unit',
      );
    expect(asked('active', null)).toMatchObject({
      state: 'ok',
      text: 'llamacpp.service is active, http://localhost:8080/health answers',
    });
    expect(asked('active', 'HTTP 503')).toMatchObject({ state: 'failed', ways: 1 });
    expect(asked('inactive', null).state).toBe('failed');
    expect(asked('activating', 'ECONNREFUSED').state).toBe('warning');
    // Without systemd it is what is asked that tells.
    const noSystemd = fail('unsupported', 'systemd', 'not booted with it');
    const answers = factsOf({
      asked: [{ unit: 'a.socket', active: noSystemd, asks: { address: '/run/a', found: ok('ENOENT') } }],
    });
    expect(only(answers, 'unit')).toMatchObject({
      state: 'failed',
      text: 'a.socket /run/a does not answer: ENOENT',
    });
    const denied = fail('timeout', 'llamacpp.service', 'no answer within 4.5 s');
    const unseen = factsOf({ asked: [{ unit: 'llamacpp.service', active: denied, asks: null }] });
    expect(only(unseen, 'unit').state).toBe('unknown');
  });

  it('tells whose errors the journal has, and never fails for them', () => {
    const by = [
      { who: 'kernel', count: 12, last: 'nvme0: I/O timeout' },
      { who: 'sshd', count: 1, last: 'x'.repeat(500) },
    ];
    const item = only(factsOf({ errors: ok({ minutes: 10, count: 13, more: false, by }) }), 'journal-errors');
    expect(item.state).toBe('warning');
    expect(item.text).toMatch(/^13 errors in 10 minutes; kernel \(12\): nvme0: I\/O timeout; sshd: x+/);
    expect(item.text.length).toBeLessThan(260);
    const hidden = factsOf({ errors: fail('denied', 'journal', 'needs root, or the group systemd-journal') });
    expect(only(hidden, 'journal-errors')).toMatchObject({ state: 'unknown', ways: 0 });
  });

  it('fails where the daemon is silent or the database is empty', () => {
    const silent = soundMachine({ daemon: { ...soundMachine().daemon, socket: 'present' } });
    const refused = factsOf({ machine: ok(silent), daemonSaid: ok('cannot connect to socket') });
    expect(states(refused)['daemon']).toBe('failed');
    const empty = factsOf({ state: { readOnly: ok(false), database: ok({ bytes: 0, sqlite: false }) } });
    expect(states(empty)['database']).toBe('failed');
  });
});
