/** What the recorded streams tell: the right cause first of each that failed, nothing of each that succeeded. */

import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { explain } from '../../src/explain/explain.ts';
import { pastedLines } from '../../src/parse/paste.ts';

const logs = new URL('../fixtures/logs/', import.meta.url);
const names = ['nix-2.8', 'nix-2.34', 'nixos-rebuild', 'pairs-2.8', 'pairs-2.34'].flatMap((folder) =>
  readdirSync(new URL(`${folder}/`, logs)).map((file) => `${folder}/${file.replace(/\.gz$/, '')}`),
);

/** The first that fits. */
const failures: readonly (readonly [RegExp, string])[] = [
  [/fail-hash|pairs-.*\/hash/, 'fixed-output-hash'],
  [/fail-noout|noout-/, 'output-missing'],
  [/fail-nobuilder/, 'builder-missing'],
  [/fail-system|system-/, 'system-missing'],
  [/timeout/, 'build-timed-out'],
  // Ended well when it was recorded, in spite of its name.
  [/fail-signal/, 'none'],
  [/signal-/, 'build-killed'],
  [/flake-fail/, 'build-exit'],
  [/\/(?:nixbuild-|nix_build-)?fail|pairs-.*\/nixbuild/, 'compile-error'],
  [/nixos-rebuild\/evalerror/, 'flake-output-missing'],
  [/evalmissing/, 'attribute-missing'],
  [/evalerror|eval-module-error/, 'option-missing'],
  [/recursion|pairs-.*\/eval/, 'infinite-recursion'],
  [/syntax/, 'syntax-error'],
  [/remote-dead/, 'remote-builder-failed'],
  [/realise-deadcache/, 'server-refused'],
  [/nix-2.34\/.*verify-corrupt/, 'path-disappeared'],
  [/verify-corrupt/, 'path-modified'],
];

describe('of each stream', () => {
  test.each(names)('%s', (name) => {
    const text = gunzipSync(readFileSync(new URL(`${name}.gz`, logs))).toString();
    const first = explain(pastedLines(text)).explained[0]?.id ?? 'none';
    expect(first).toBe(failures.find(([pattern]) => pattern.test(name))?.[1] ?? 'none');
  });
});
