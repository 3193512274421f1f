/** What a real Alertmanager makes of the alerts that a real Prometheus raises by the project's rules. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cacheCheck, checkedCache } from '../support/cache-check.ts';
import { type Alerting, startAlerting } from './alerting.ts';
import { prometheusMissing, rulesDirectory } from './prometheus.ts';
import { until } from './wait.ts';

const example = join(rulesDirectory, 'alertmanager.yml');
const amtool = (...words: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync('amtool', words, { encoding: 'utf8' });
  return { status, text: stdout + stderr };
};

/** Its cache is gone, so that nothing came from it and it is waited for; what an upstream cache has is signed wrongly. */
const broken = {
  ...cacheCheck,
  caches: [
    { ...checkedCache, trouble: 'unreachable' as const, answerSec: null, lostSec: 5, signature: null },
    {
      ...checkedCache,
      ...{ address: 'https://far', role: 'upstream' as const },
      ...{ trouble: 'bad-signature' as const, signature: 'bad' as const },
    },
  ],
  fetch: { ...cacheCheck.fetch, state: 'elsewhere' as const },
};

describe.skipIf(prometheusMissing('amtool', 'prometheus-alertmanager') !== null)('Alertmanager', () => {
  test('takes the example, and sends by severity', () => {
    expect(amtool('check-config', example)).toMatchObject({
      status: 0,
      text: expect.stringContaining('SUCCESS'),
    });
    const receiverOf = (...labels: readonly string[]) =>
      amtool('config', 'routes', 'test', '--config.file', example, ...labels).text.split('\n')[0];
    expect(receiverOf('alertname=NixCacheNotAccessible', 'severity=critical')).toBe('now');
    expect(receiverOf('alertname=NixCacheNotHitting', 'severity=warning')).toBe('today');
    expect(receiverOf('alertname=Other')).toBe('today');
  });

  describe('with a machine whose cache is gone beside one that is well', () => {
    let alerting: Alerting;
    beforeAll(async () => {
      alerting = await startAlerting({ box: broken, well: cacheCheck });
    }, 60_000);
    afterAll(() => alerting?.end());
    const namesOf = (found: ReturnType<Alerting['notifications']>[number] | undefined) =>
      found?.alerts.map(({ labels }) => labels['alertname']).toSorted();

    test('what is critical comes once, together; what follows from it does not come', async () => {
      const { notifications, query, heldBack } = alerting;
      const said = () => JSON.stringify(notifications());
      const first = await until('a notification', () => notifications().find(isNow), { detail: said });
      expect(first).toMatchObject({
        status: 'firing',
        groupLabels: { instance: 'box', severity: 'critical' },
      });
      expect(namesOf(first)).toEqual(['NixCacheNotAccessible', 'NixCacheSignatureInvalid']);
      const [{ annotations }] = first.alerts as [(typeof first.alerts)[number]];
      expect(annotations['summary']).toContain('box');
      expect(annotations['runbook_url']).toMatch(/^docs\/alerts\.md#/);
      // They fire in Prometheus.
      const follow = ['NixCacheLosesTime', 'NixCacheNotHitting'];
      const firing = await query('ALERTS{alertstate="firing",severity="warning"}');
      expect(firing.map(({ metric }) => metric['alertname']).toSorted()).toEqual(follow);
      expect(await heldBack()).toEqual(follow);
    }, 60_000);

    test('when it is well again that is told, and nothing was told twice or of the other machine', async () => {
      const { checked, notifications } = alerting;
      // One warning that follows from nothing: it goes its own way.
      checked('box', { ...cacheCheck, fetch: { ...cacheCheck.fetch, fetched: 3, removed: 1 } });
      const said = () => JSON.stringify(notifications());
      const resolved = await until(
        'the end of it',
        () => notifications().find((one) => isNow(one) && one.status === 'resolved'),
        { detail: said },
      );
      expect(namesOf(resolved)).toEqual(['NixCacheNotAccessible', 'NixCacheSignatureInvalid']);
      const warned = await until('the warning', () => notifications().find((one) => !isNow(one)), {
        detail: said,
      });
      expect(warned.groupLabels).toEqual({ instance: 'box', severity: 'warning' });
      // What was held back may be told as over.
      const fire = warned.alerts.filter(({ status }) => status === 'firing');
      expect(namesOf({ ...warned, alerts: fire })).toEqual(['NixCacheCheckLeavesPaths']);
      expect(notifications().filter(isNow)).toHaveLength(2);
      expect(notifications().filter(({ groupLabels }) => groupLabels['instance'] !== 'box')).toEqual([]);
    }, 60_000);
  });
});

const isNow = ({ receiver }: { readonly receiver: string }) => receiver === 'now';
