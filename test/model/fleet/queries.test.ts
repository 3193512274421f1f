/** A query about something that nobody tells is one that always finds nothing. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cacheCheckRows } from '../../../src/format/metrics/cache-check-metrics.ts';
import { cacheChecks, checkTime, knownAlert, queries } from '../../../src/model/fleet/queries.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const exported = new Map(
  [...read('docs/export.md').matchAll(/^\| `(nixpulse_\w+)` \| \w+ \| ([^|]*) \|/gm)].map(
    ([, name = '', labels = '']) => [name, labels.split(',').map((label) => label.trim())],
  ),
);
const all = Object.values(queries).join('\n');

test('every metric of nixpulse that is asked for is exported', () => {
  const asked = all.match(/\bnixpulse_\w+/g) ?? [];
  expect(new Set(asked).size).toBeGreaterThan(8);
  for (const name of asked) expect([...exported.keys()]).toContain(name);
});

test('with the labels by which it is picked out', () => {
  const picked = [...all.matchAll(/\b(nixpulse_\w+)\{([^}]*)\}/g)];
  expect(picked.length).toBeGreaterThan(3);
  for (const [, name = '', labels = ''] of picked)
    for (const [, label = ''] of labels.matchAll(/(\w+)=/g)) expect(exported.get(name)).toContain(label);
});

test('every measure of caches and builders is one that check-cache tells', () => {
  const told = cacheCheckRows.map(({ name }) => name);
  const asked = new Set(all.match(/\bnix_\w+/g));
  expect(asked).toEqual(new Set([...Object.keys(cacheChecks), checkTime]));
  for (const name of asked) expect(told).toContain(name);
});

test('the alert that shows that rules are loaded is one of them', () => {
  expect(read('dist/prometheus/nixpulse.rules.yml')).toContain(`- alert: ${knownAlert}\n`);
});

test('there are at most eight of them, each bounded by the number of machines', () => {
  expect(Object.keys(queries).length + 1).toBeLessThanOrEqual(8);
  // No vector is taken as it is: everything is added up.
  const selectors = all.match(/[\w.]*\{[^}]*\}|nixpulse_\w+|nix_\w+(?=\))/g) ?? [];
  expect(selectors.length).toBeGreaterThan(10);
  for (const query of Object.values(queries)) expect(query).toMatch(/(max|min|count|sum) by \(instance/);
});
