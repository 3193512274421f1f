/** promtool's tests of the alert rules pass, and each of them fails where its rule is changed by a minute or a step. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { has } from '../packaging/programs.ts';

const directory = new URL('../../dist/prometheus/', import.meta.url).pathname;
const copies = mkdtempSync(join(tmpdir(), 'nixpulse-rules-'));
afterAll(() => rmSync(copies, { recursive: true }));

const promtool = (...words: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync('promtool', words, { encoding: 'utf8' });
  return { status, text: stdout + stderr };
};

/** Waits so many minutes more than they should. */
const waiting = (more: number) => (rules: string) =>
  rules.replaceAll(/^( +for: )(\d+)([mh])$/gm, (_line, before: string, count: string, unit: string) => {
    const minutes = Number(count) * (unit === 'h' ? 60 : 1);
    return `${before}${minutes + more}m`;
  });

const minutes = /^ +for: \d+[mh]$/m;
const beyond = /[^<>=!][<>] \d+$/m;

const changes: readonly (readonly [string, (rules: string) => string, RegExp])[] = [
  ['a minute too early', waiting(-1), minutes],
  ['a minute too late', waiting(1), minutes],
  ['never', (rules) => rules.replaceAll(/(?:==|>=|>|<) \d+$/gm, '== 987654'), /(?:==|>=|>|<) \d+$/m],
  ['at its limit already', (rules) => rules.replaceAll(/([^<>=!][<>]) (\d+)$/gm, '$1= $2'), beyond],
];

describe.skipIf(!has('promtool'))('rules', () => {
  test.each(['nixpulse', 'nix-cache'])('%s: right, and their tests pass', (name) => {
    expect(promtool('check', 'rules', join(directory, `${name}.rules.yml`))).toMatchObject({ status: 0 });
    expect(promtool('test', 'rules', join(directory, `${name}.test.yml`))).toMatchObject({
      status: 0,
      text: expect.stringContaining('SUCCESS'),
    });
  });

  test.each(changes)('nix-cache: each alert that fires %s is found out', (_how, changed, changes) => {
    const { failed, alerts } = tested('nix-cache', changed);
    const hit = alerts.filter(({ text }) => changes.test(text)).map(({ name }) => name);
    expect(hit.length).toBeGreaterThan(4);
    expect(failed).toEqual(expect.arrayContaining(hit));
  });

  test.each(changes.slice(0, 2))('nixpulse: each alert that fires %s is found out', (_how, changed) => {
    const { failed, alerts } = tested('nixpulse', changed);
    const hit = alerts.filter(({ text }) => minutes.test(text)).map(({ name }) => name);
    expect(hit.length).toBeGreaterThan(10);
    expect(failed).toEqual(expect.arrayContaining(hit));
  });

  test('a machine without builders is told of where -1 counts as a failure', () => {
    const { failed } = tested('nix-cache', (rules) =>
      rules.replace('(nix_distributed_build_success) == 0', '(nix_distributed_build_success) <= 0'),
    );
    expect(failed).toEqual(['NixDistributedBuildsNotWorking']);
  });
});

/** Names of the alerts whose tests fail with changed rules. */
function tested(name: string, changed: (rules: string) => string) {
  const rules = readFileSync(join(directory, `${name}.rules.yml`), 'utf8');
  const test = join(copies, `${name}.test.yml`);
  writeFileSync(join(copies, `${name}.rules.yml`), changed(rules));
  copyFileSync(join(directory, `${name}.test.yml`), test);
  const failed = [...promtool('test', 'rules', test).text.matchAll(/^ +alertname: (\w+)/gm)];
  return {
    failed: [...new Set(failed.map(([, one = '']) => one))],
    alerts: rules
      .split(/^ {6}- alert: /m)
      .slice(1)
      .map((text) => ({ name: text.split('\n')[0] ?? '', text })),
  };
}
