import { describe, expect, test } from 'vitest';
import { defaultThresholds } from '../../src/diagnose/thresholds.ts';
import { defaultGuardSettings } from '../../src/guard/settings.ts';
import { complaintText } from '../../src/model/settings/setting.ts';
import { usualLooks } from '../../src/model/ui/tones.ts';
import { defaultScoreLimits } from '../../src/score/limits.ts';
import { parseSettings } from '../../src/settings/parse-settings.ts';
import { settingRows } from '../../src/settings/rows.ts';
import { settingsInForce, usualSettings } from '../../src/settings/settings.ts';

function read(...lines: readonly string[]) {
  const { given, complaints } = parseSettings(lines.join('\n'), 'c.toml');
  return { ...settingsInForce([given]), complaints: complaints.map(complaintText) };
}

const sections = [...new Set(settingRows.map(({ key }) => key.split('.', 1)[0]))];

describe('what a file says', () => {
  test('nothing: the usual settings, which are those of guard and diagnose', () => {
    expect(read('').settings).toEqual(usualSettings);
    expect(usualSettings).toEqual({
      guard: defaultGuardSettings,
      diagnose: defaultThresholds,
      scorecard: defaultScoreLimits,
      clients: { tools: [] },
      checkCache: {
        cache: null,
        upstream: [],
        packages: ['hello', 'cowsay', 'figlet', 'fortune', 'lolcat', 'sl'],
        large: '',
        largeEvery: 12,
        proxyDirectory: '',
        withinSec: 600,
      },
      screen: { columns: null, sort: 'resident', inverted: false, color: 'auto', ascii: false },
      colors: usualLooks,
      sampling: { interval: 1 },
    });
  });

  test('holds, in the unit of its key', () => {
    const { settings, origins, complaints } = read(
      '[guard]',
      'dry-run = false',
      'rest = "1 min"',
      'hook = ["/bin/mail", "-s", "guard"]',
      '',
      '[guard.rules.memory]',
      'full = "30 %"',
      'within = "20s"',
      'for = 8',
      'actions = ["pause", "kill"]',
      '[guard.rules]',
      'memory-delta = { limit = "10G" }',
      'io.await = "1 s"',
      'leak.enabled = false',
      '[diagnose]',
      'idleSec = "2 min"',
      'metadataLeftBytes = "8M"',
      '[scorecard]',
      'time = "1 h"',
    );
    expect(complaints).toEqual([]);
    const { guard, diagnose, scorecard } = settings;
    expect(scorecard).toEqual({ ...defaultScoreLimits, time: 3600 });
    expect(guard).toMatchObject({
      dryRun: false,
      restSec: 60,
      calmSec: 60,
      hook: ['/bin/mail', '-s', 'guard'],
    });
    expect(guard.rules.memory).toEqual({
      enabled: true,
      forSec: 8,
      actions: ['pause', 'kill'],
      numbers: { ...defaultGuardSettings.rules.memory.numbers, full: 30, within: 20 },
    });
    expect(guard.rules['memory-delta'].numbers.limit).toBe(10 * 2 ** 30);
    expect(guard.rules.io.numbers.await).toBe(1000);
    expect(guard.rules.leak.enabled).toBe(false);
    expect(diagnose).toEqual({ ...defaultThresholds, idleSec: 120, metadataLeftBytes: 8 * 2 ** 20 });
    expect(origins.get('guard.rules.memory.full')).toEqual({ file: 'c.toml', line: 7 });
    expect(origins.get('guard.rules.io.await')?.line).toBe(13);
    expect(origins.has('guard.calm')).toBe(false);
  });

  test.each([
    '[[guard.units]]\nunit = "a.service"\nasks = "http://[::1]:8080/health"\n[[guard.units]]\nunit = "b@1.socket"',
    '[guard]\nunits = [{unit = "a.service", asks = "http://[::1]:8080/health"}, {unit = "b@1.socket"}]',
  ])('units in both ways of writing them: %#', (text) => {
    const { settings, complaints } = read(text);
    expect(complaints).toEqual([]);
    expect(settings.guard.units).toEqual([
      { unit: 'a.service', asks: 'http://[::1]:8080/health' },
      { unit: 'b@1.socket', asks: null },
    ]);
  });

  test('later layers win key by key, and each value knows where it is from', () => {
    const machine = parseSettings('[guard]\nrest = 30\nnotify = true\n', '/etc/x');
    const user = parseSettings('[guard]\n\nrest = 5\n', '~/x');
    const { settings, origins } = settingsInForce([machine.given, user.given]);
    expect(settings.guard).toMatchObject({ restSec: 5, notify: true });
    expect(origins.get('guard.rest')).toEqual({ file: '~/x', line: 3 });
    expect(origins.get('guard.notify')).toEqual({ file: '/etc/x', line: 3 });
  });
});

describe('what is wrong costs its own key and nothing else', () => {
  test.each([
    ['gurad.rest = 3', `1: unknown key 'gurad' (known: ${sections.join(', ')})`],
    ['[guard]\ndryRun = false', "2: [guard] unknown key 'dryRun' (did you mean dry-run?)"],
    ['[guard.rules.memory]\nful = 3', "2: [guard.rules.memory] unknown key 'ful' (did you mean full?)"],
    [
      '[guard.rules.unit]\nrest = 3',
      "2: [guard.rules.unit] unknown key 'rest' (known: enabled, tries, for, actions)",
    ],
    [
      '[guard.rules.memroy]\nfull = 3\nmore = 4',
      "1: [guard.rules] unknown key 'memroy' (did you mean memory?)",
    ],
    ['[diagnose]\nidleSecs = 3', "2: [diagnose] unknown key 'idleSecs' (did you mean idleSec?)"],
    ['[guard]\nnotify = "yes"', '2: guard.notify: expected true or false, not "yes"'],
    [
      '[guard]\nrest = true',
      '2: guard.rest: expected 1 to 86400 seconds, or a length like "30 s", "10 min", not true',
    ],
    [
      'guard.rest = "10 lightyears"',
      '1: guard.rest: expected 1 to 86400 seconds, or a length like "30 s", "10 min", not "10 lightyears"',
    ],
    [
      'guard.rest = 0',
      '1: guard.rest: expected 1 to 86400 seconds, or a length like "30 s", "10 min", not 0',
    ],
    [
      'guard.rest = nan',
      '1: guard.rest: expected 1 to 86400 seconds, or a length like "30 s", "10 min", not NaN',
    ],
    [
      'guard.rest = 2026-11-29',
      '1: guard.rest: expected 1 to 86400 seconds, or a length like "30 s", "10 min", not a date',
    ],
    [
      'guard.rules.memory.full = 120',
      '1: guard.rules.memory.full: expected more than 0, and at most 100 percent, not 120',
    ],
    [
      'guard.rules.memory.full = 0',
      '1: guard.rules.memory.full: expected more than 0, and at most 100 percent, not 0',
    ],
    [
      'guard.rules.unit.tries = 1.5',
      '1: guard.rules.unit.tries: expected a whole number from 0 to 1000, not 1.5',
    ],
    [
      'guard.rules.memory.actions = "kill"',
      '1: guard.rules.memory.actions: expected a list of tell, lower, limit, pause, kill, cancel, not "kill"',
    ],
    ['guard.rules.memory.actions = []', '1: guard.rules.memory.actions: an empty list says nothing'],
    [
      'guard.rules.memory.actions = ["lower", "kil"]',
      '1: guard.rules.memory.actions: "kil" is unknown (did you mean kill?); it takes tell, lower, limit, pause, kill, cancel',
    ],
    [
      'guard.rules.space.actions = ["tell", "lower"]',
      '1: guard.rules.space.actions: "lower" is not for this key; it takes tell, pause, kill, cancel',
    ],
    ['guard.rules.memory.actions = ["kill",\n"kill"]', '2: guard.rules.memory.actions: "kill" stands twice'],
    [
      'guard.hook = "mail me"',
      '1: guard.hook: expected a list of words like ["command", "argument"], not "mail me"',
    ],
    ['guard.hook = ["mail", 3]', '1: guard.hook: expected words like ["command", "argument"], not 3'],
    [
      'check-cache.upstream = [\n"http://a", "a"]',
      '2: check-cache.upstream: expected the address of a cache, like "http://cache.example", not "a"',
    ],
    [
      'check-cache.packages = ["--help"]',
      '1: check-cache.packages: expected a package, like "hello", not "--help"',
    ],
    ['guard.rules.space = 3', '1: guard.rules.space: expected a table'],
    ['guard.units = ["a.service"]', '1: guard.units: expected tables, not a list'],
    [
      '[[guard.units]]\nasks = "/run/x"',
      "1: guard.units: 'unit' is missing: the whole name of a unit, like nix-daemon.service",
    ],
    [
      '[[guard.units]]\nunit = "nix-daemon"',
      '2: guard.units: unit: expected the whole name of a unit, like nix-daemon.service, not "nix-daemon"',
    ],
    [
      '[[guard.units]]\nunit = "--root=x.service"',
      '2: guard.units: unit: expected the whole name of a unit, like nix-daemon.service, not "--root=x.service"',
    ],
    [
      '[[guard.units]]\nunit = "a.service"\nask = "/run/x"',
      "3: guard.units: unknown key 'ask' (did you mean asks?)",
    ],
    [
      '[[guard.units]]\nunit = "a.service"\n[[guard.units]]\nunit = "a.service"',
      "3: guard.units: 'a.service' stands twice; the second is left out",
    ],
    [
      '[[guard.units]]\nunit = "a.service"\nasks = "ftp://x"',
      '3: guard.units: asks: expected a URL (http, https), or the path of a socket, not "ftp://x"',
    ],
    [
      '[guard]\nx = "\\u0007\\u009b31m"',
      "2: [guard] unknown key 'x' (known: dry-run, rest, calm, units, hook, notify, rules)",
    ],
    ['["a\\u001b[31mb"]', `1: unknown key 'a?[31mb' (known: ${sections.join(', ')})`],
  ])('%j', (text, complaint) => {
    const after = '[guard.rules.stuck]\nenabled = false\n';
    const { settings, complaints } = read(`${text}\n${after}`);
    expect(complaints).toEqual([`c.toml:${complaint}`]);
    expect(settings.guard.rules.stuck.enabled).toBe(false);
    const rules = { ...settings.guard.rules, stuck: defaultGuardSettings.rules.stuck };
    expect({ ...settings.guard, rules, units: [] }).toEqual(defaultGuardSettings);
    expect(settings.diagnose).toEqual(defaultThresholds);
  });
});

describe('what is no TOML', () => {
  test.each([
    ['[guard]\nrest = \nnotify = true', ['2: no TOML: a value is missing'], 15],
    ['[guard]\nrest = "30 s\nnotify = true', ['2: no TOML: a quote is missing'], 15],
    ['[guard]\nrest 30\nnotify = true', ['2: no TOML: expected ='], 15],
    ['[guard]\nhook = ["a",\nnotify = true', ['2: no TOML: a value is missing'], 15],
    ['[guard]\nrest = 30\n30 %\nnotify = true', ['3: no TOML: unexpected character'], 30],
    [
      '[guard]\nrest = 30\nrest = 40\nnotify = true',
      ["3: 'rest' stands twice, first in line 2; the second is left out"],
      30,
    ],
    [
      '[guard]\nrest = 30\n[diagnose]\n[guard]\nrest = 20\n[guard]\nrest=10\n[guard.rules]\n[guard.rules.stuck]\nenabled = true',
      [
        '4: [guard] stands twice, first in line 1; the second is left out',
        '6: [guard] stands twice, first in line 1; the second is left out',
      ],
      30,
    ],
    [
      '[guard]\nrest = 30\n[guard.rules.memory\nfull = 30\n[guard.rules.stuck]',
      ['3: no TOML: a ] is missing; what follows it is left out'],
      30,
    ],
    ['[guard]\r\nrest = 30\r\nnotify = yes\r\n', ['3: no TOML: it wants quotes, "yes"'], 30],
    [
      'guard = 3\n[guard]\nrest = 40',
      ['1: guard: expected a table', '2: [guard] stands twice, first in line 1; the second is left out'],
      15,
    ],
    [
      '[guard]\nunits = [{unit="a.service"}]\n[[guard.units]]\nunit = "b.service"\n',
      ['3: [[guard.units]] stands twice, first in line 2; the second is left out'],
      15,
    ],
  ])('%j', (text, wanted, restSec) => {
    const { settings, complaints } = read(text);
    expect(complaints.map((one) => one.replace(/^c\.toml:/, ''))).toEqual(wanted);
    expect(settings.guard.restSec).toBe(restSec);
    if (text.includes('notify = true')) expect(settings.guard.notify).toBe(true);
  });

  test('a file of another kind, or one made to hurt, is complained of and ends', () => {
    for (const text of [
      '\u0000\u0001\u0002',
      '{"guard": {}}',
      'guard:\n  rest: 3\n',
      '[[[[',
      `a = ${'['.repeat(60_000)}`,
      '='.repeat(1000),
    ]) {
      const { settings, complaints } = read(text);
      expect(complaints.length, text.slice(0, 20)).toBeGreaterThan(0);
      expect(settings).toEqual(usualSettings);
      for (const one of complaints) expect(one).not.toMatch(/\p{Cc}/u);
    }
  });

  test('a byte order mark is none of it', () => {
    expect(read('\ufeff[guard]', 'rest = 30')).toMatchObject({
      complaints: [],
      settings: { guard: { restSec: 30 } },
    });
  });
});

test('the table has every key once, and what usually holds is allowed', () => {
  const keys = settingRows.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  for (const { key, help } of settingRows) expect(help, key).toMatch(/\.$/);
});
