/** What rules make of what systemd says to the probe `units`, in lines of systemd 262. */
import { describe, expect, test } from 'vitest';
import { switchRule } from '../../../src/diagnose/rules/switch.ts';
import { remediesOf } from '../../../src/format/remedies.ts';
import type { ProbeResult } from '../../../src/model/diagnosis/probe.ts';
import type { Client, Model } from '../../../src/model/model.ts';
import { parseFailedUnits, parseJobs } from '../../../src/parse/systemctl-lists.ts';
import { busy } from '../../support/model-fixture.ts';
import { look, modelAt } from './storage-models.ts';

const minuteMs = 60_000;

function asked(failed: readonly string[], jobs: readonly string[] = [], agoMs = 0): Partial<Model> {
  const endedMs = modelAt(0).timeMs - agoMs;
  const result: ProbeResult = {
    ...{ id: 'units', subject: null, startedMs: endedMs, endedMs, ok: true },
    value: { failed: parseFailedUnits(failed), jobs: parseJobs(jobs) },
  };
  return { probes: { running: [], results: [result] } };
}
const leftOver =
  'nixos-rebuild-switch-to-configuration.service loaded failed failed [systemd-run] /usr/bin/false';

describe('units that have failed', () => {
  test('those of Nix, and none of others', () => {
    const other = 'app-bad.service               loaded failed failed app-bad.service';
    expect(look(switchRule, modelAt(0, asked([other]))).said).toEqual([]);
    const upgrade = 'nixos-upgrade.service loaded failed failed NixOS Upgrade';
    const { said, findings } = look(switchRule, modelAt(0, asked([other, upgrade])));
    expect(said).toEqual(['warning confirmed: nixos-upgrade.service has failed, as systemd says']);
    expect(findings.flatMap(({ found }) => remediesOf(found))).toMatchObject([
      { command: 'systemctl status nixos-upgrade.service' },
      { command: 'systemctl restart nixos-upgrade.service' },
    ]);
  });

  test('of the daemon it is critical: nobody builds', () => {
    const daemon = 'nix-daemon.service loaded failed failed Nix Daemon';
    expect(look(switchRule, modelAt(0, asked([daemon]))).said).toEqual([
      'critical confirmed: nix-daemon.service has failed, as systemd says',
    ]);
  });

  test('a switch that was left over keeps the next one out', () => {
    const { findings } = look(switchRule, modelAt(0, asked([leftOver])));
    expect(findings).toMatchObject([
      {
        level: 'warning',
        state: 'confirmed',
        found: { kind: 'switch-left-over', unit: 'nixos-rebuild-switch-to-configuration.service' },
        evidence: [{ value: 'nixos-rebuild-switch-to-configuration.service failed' }],
      },
    ]);
  });

  test('what systemd said long ago is not of now', () => {
    expect(look(switchRule, modelAt(0, asked([leftOver], [], 16 * minuteMs))).said).toEqual([]);
  });
});

describe('jobs', () => {
  const jobs = ['1843 app-slow.service  start running', '1943 app-after.service start waiting'];

  test('none: no switch waits for one', () => {
    expect(look(switchRule, modelAt(0, asked([]))).hypothesis.state).toBe('refuted');
    expect(look(switchRule, modelAt(0, asked([], jobs))).hypothesis.state).toBe('refuted');
    const hidden = { problems: [{ kind: 'denied', where: '/proc' }] } as const;
    expect(look(switchRule, modelAt(0, { ...asked([]), ...hidden })).hypothesis.state).toBe('unlikely');
  });

  test('of the unit that a switch waits for it is told what becomes of it', () => {
    const [client] = busy.clients;
    if (client === undefined) throw new Error('no client');
    const waiting: Client = {
      ...client,
      tool: 'nixos-rebuild',
      activation: null,
      cpuPercent: 0,
      waitsForUnit: 'app-slow.service',
    };
    const told = (over: Partial<Model>) => {
      const looks = [0, 40].map((second) => modelAt(second, { ...over, clients: [waiting] }));
      return look(switchRule, ...looks).findings.map(({ found, evidence }) => ({
        kind: found.kind,
        jobs: evidence.filter(({ field }) => field === 'probe.units.jobs').map(({ value }) => value),
      }));
    };
    expect(told({})).toEqual([{ kind: 'switch-waits', jobs: [] }]);
    expect(told(asked([], jobs))).toEqual([
      { kind: 'switch-waits', jobs: ['app-slow.service start running'] },
    ]);
    expect(told(asked([]))).toEqual([{ kind: 'switch-waits', jobs: [0] }]);
  });
});
