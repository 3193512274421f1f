import { describe, expect, test } from 'vitest';
import { causesOf, explain } from '../../src/explain/explain.ts';
import { knownMessages } from '../../src/explain/messages.ts';
import type { Cause } from '../../src/model/rebuild/cause.ts';
import { pastedLines } from '../../src/parse/paste.ts';

const explained = (...lines: string[]) => explain(pastedLines(lines.join('\n')));
const idsOf = (...lines: string[]) => explained(...lines).explained.map(({ id }) => id);

const exit = "error: builder for '/nix/store/x.drv' failed with exit code 2";
const setting = "warning: unknown setting 'lazy-trees'";
const refused = "unable to download 'http://cache.lan/nix-cache-info': Couldn't connect to server (7)";
const noSubstituter = "error: path '/nix/store/a' is required, but there is no substituter that can build it";

describe('a warning', () => {
  test('is told alone, where nothing else was given', () => {
    expect(explained(setting)).toMatchObject({ known: true, explained: [{ id: 'unknown-setting' }] });
  });

  test('is no cause of what failed of something else, and stands behind it', () => {
    const told = explained(
      setting,
      exit,
      "error: 1 dependencies of derivation '/nix/store/y.drv' failed to build",
    );
    expect(told.explained.map(({ id }) => id)).toEqual(['build-exit', 'unknown-setting']);
    expect(told.known).toBe(false);
    expect(told.explained[0]?.followed).toEqual([
      expect.objectContaining({ id: 'dependency-failed', count: 1 }),
    ]);
  });

  test('leaves unknown what failed in words that nobody knows', () => {
    const told = explained(setting, 'error: something else');
    expect(told).toMatchObject({ known: false, explained: [{ id: 'unknown-setting' }] });
    expect(told.suspects).toContainEqual({ at: 2, text: 'error: something else' });
  });

  test('is the cause where what failed follows from it', () => {
    const told = explained(`warning: ${refused}`, noSubstituter);
    expect(told.known).toBe(true);
    expect(told.explained).toMatchObject([{ id: 'server-refused', followed: [{ id: 'no-substituter' }] }]);
  });

  test('is not told of what succeeded', () => {
    expect(idsOf(`warning: ${refused}`, "building '/nix/store/x.drv'...")).toEqual([]);
  });

  test('that tries again tells nothing', () => {
    expect(idsOf(`warning: error: ${refused}; retrying in 294 ms`, exit)).toEqual(['build-exit']);
  });
});

test('forty consequences of one cause are one', () => {
  const dependents = Array.from({ length: 40 }, (_, at) =>
    [`error: Cannot build '/nix/store/${at}-x.drv'.`, '       Reason: 1 dependency failed.'].join('\n'),
  );
  const hash = [
    "error: hash mismatch in fixed-output derivation '/nix/store/a-source.drv':",
    '         specified: sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
    '            got:    sha256-mOpuTyFvL7S2n/+bOkSELDhobKaF8/VdxIxdP7EQe+Q=',
  ];
  const [first, ...others] = explained(...hash, ...dependents).explained;
  expect(others).toEqual([]);
  expect(first).toMatchObject({
    id: 'fixed-output-hash',
    followed: [{ id: 'dependency-failed', count: 40 }],
  });
  expect(first?.causes[0]?.text).toContain('placeholder');
});

test.each([
  ['', ''],
  ['the build went well', 'Done.'],
  ['no error: all is well', 'errors: 0'],
  ['throw "error: attribute missing"', '# error: infinite recursion'],
  ['if (error) return', 'the path is valid'],
])('what is no message of Nix is not known: %s', (...lines) => {
  expect(explained(...lines)).toMatchObject({ known: false, explained: [] });
});

/** Facts of the causes of a rebuild's log, as they come at the least. */
const causes: readonly Cause[] = [
  { kind: 'killed', by: 'unknown' },
  { kind: 'signal', signal: 11, name: null },
  { kind: 'exit', code: 2 },
  { kind: 'timeout', seconds: 5, silent: null },
  { kind: 'log-limit', bytes: 5 },
  { kind: 'hash', specified: 'sha256-a', got: 'sha256-b', url: null },
  { kind: 'system', reason: 'system', required: { system: 'a', features: [] }, local: null, offers: [] },
  { kind: 'network', cache: null, url: 'http://a' },
  { kind: 'no-substituter', paths: ['/nix/store/a'] },
  { kind: 'unsigned', path: '/nix/store/a' },
  { kind: 'remote', host: 'ssh://a' },
  { kind: 'no-output', output: 'out' },
  { kind: 'cycle', outputs: ['out'] },
  { kind: 'not-deterministic', output: null },
  { kind: 'daemon-memory' },
  { kind: 'daemon-gone' },
  { kind: 'interrupted' },
];

test.each(causes)('the cause $kind of a log is explained by its fields alone', (cause) => {
  const message = knownMessages.find(({ sameAs = [] }) => sameAs.includes(cause.kind));
  const facts = Object.fromEntries(
    Object.entries(cause).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [],
    ),
  );
  if (message === undefined) throw new Error(`nothing explains ${cause.kind}`);
  expect(causesOf(message, facts)).not.toEqual([]);
  expect(JSON.stringify(causesOf(message, facts))).not.toContain('not told)');
  for (const [, name] of message.title.matchAll(/\{(\w+)\}/g)) expect(Object.keys(facts)).toContain(name);
});

test('what a program of a build says stands before the exit code that follows from it', () => {
  const told = explained("x.c:3:1: error: expected ';' before '}' token", exit);
  expect(told.explained).toMatchObject([{ id: 'compile-error', followed: [{ id: 'build-exit' }] }]);
});

test('of a line that a build wrote without an end its begin and its end are read', () => {
  const [line, ...none] = pastedLines(`${'x'.repeat(200_000)}: No space left on device`);
  expect(none).toEqual([]);
  expect(line?.text.length).toBeLessThan(2_100);
  expect(explain(line === undefined ? [] : [line]).explained[0]?.id).toBe('no-space');
});

test('lines that a known message says are no suspects', () => {
  const told = explained('fatal: the frob is out', exit);
  expect(told).toMatchObject({ known: false, explained: [{ id: 'build-exit' }] });
  expect(told.suspects.map(({ at }) => at)).toEqual([1]);
});

test.each([
  [
    "error: unable to download 'https://a': Could not resolve host: a (curl error code=6)",
    'name-not-resolved',
  ],
  [
    "error: unable to download 'https://a': Failed to connect to a port 443 (curl error code=7)",
    'server-refused',
  ],
  ["error: unable to download 'https://a': HTTP error 404 (Not Found)", 'download-not-there'],
  ["error: unable to download 'https://a': SSL connect error (35)", 'certificate-refused'],
  [
    "error: unable to download 'https://a': Recv failure: Connection reset by peer (56)",
    'download-broken-off',
  ],
  ["error: unable to download 'https://a': Weird server reply (8)", 'download-failed'],
])('a download, in the words of Nix and Lix: %s', (text, id) => {
  expect(idsOf(text)).toEqual([id]);
});

test.each([
  ["error: attribute 'nixosConfigurations.web' missing", true],
  ["error: attribute 'nixosConfigurations' missing", true],
  ['error: attribute \'homeConfigurations."me@box"\' missing', true],
  ["error: attribute 'web' in selection path 'web.config.system.build.toplevel' not found", true],
  ["error: attribute 'web' in selection path 'nixosConfigurations.web' not found", true],
  // It is there, and is no system.
  ["error: attribute 'system' in selection path 'web.config.system.build.toplevel' not found", false],
  ["error: attribute 'nixosConfigurationsOld' missing", false],
  ["error: attribute 'firefox' missing", false],
  ["error: attribute 'foo' in selection path 'pkgs.foo' not found", false],
])('%s: nixpkgs is not guessed where a configuration is missing', (text, isConfiguration) => {
  const [first] = explained(text).explained;
  expect(first?.id).toBe(isConfiguration ? 'configuration-missing' : 'attribute-missing');
  const causes = JSON.stringify(first?.causes);
  if (isConfiguration) expect(causes).not.toContain('nixpkgs');
  else expect(causes).toContain('nixpkgs');
});

test('units that failed are told, although the switch went on to its end', () => {
  const done = 'Done. The new configuration is /nix/store/k0v3m1qx2c4d5f6g7h8j9k0l1m2n3p4q-nixos-system-a';
  expect(idsOf(`warning: the following units failed: nginx.service\n${done}`)).toEqual(['units-failed']);
  expect(idsOf(`error: attribute 'a' missing\n${done}`)).toEqual([]);
});
