import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { explain } from '../../src/explain/explain.ts';
import { pastedLines } from '../../src/parse/paste.ts';

const folder = new URL('../fixtures/pastes/', import.meta.url);
const filesOf = (kind: string) => readdirSync(new URL(`${kind}/`, folder)).sort();
const explained = (file: string) => explain(pastedLines(readFileSync(new URL(file, folder), 'utf8')));

/** Those that tell that it failed and by whom it was noticed; why stands in another log. */
const symptoms = new Set(['build-exit', 'build-killed', 'daemon-gone', 'unit-exited', 'units-failed']);

/** `<id>.<kind of paste>.txt`. */
describe('a paste of what is known', () => {
  const known = filesOf('known');

  test('is there in sixty', () => {
    expect(known.length).toBeGreaterThanOrEqual(60);
  });

  test.each(known)('%s is told first', (file) => {
    const id = file.split('.')[0] ?? '';
    const explanation = explained(`known/${file}`);
    expect(explanation.explained[0]?.id).toBe(id);
    expect(explanation.known).toBe(!symptoms.has(id));
    expect(explanation.explained[0]?.causes).not.toHaveLength(0);
  });
});

/** Line numbers of those that look like the cause; of the others no line does. */
const suspects: Readonly<Record<string, readonly number[]>> = {
  '01.txt': [2, 3],
  '02.txt': [1],
  '04.txt': [1],
  '05.txt': [1],
  '06.txt': [2],
  '07.txt': [2],
  '08.txt': [1],
  '11.txt': [1],
  '12.txt': [1],
  '13.txt': [1],
  '14.txt': [1],
  '15.txt': [1],
  '16.txt': [1],
  '18.txt': [1],
  '19.txt': [1],
  '20.txt': [1],
  'macos-sandbox.txt': [4],
  'nh-validation.txt': [5],
  'wsl-user-activation.txt': [6, 9],
};

describe('a paste that nobody can explain', () => {
  const unknown = filesOf('unknown');

  test('is there in twenty', () => {
    expect(unknown.length).toBeGreaterThanOrEqual(20);
  });

  test.each(unknown)('%s is told as that', (file) => {
    const explanation = explained(`unknown/${file}`);
    expect(explanation.explained).toEqual([]);
    expect(explanation.known).toBe(false);
    expect(explanation.suspects.map(({ at }) => at)).toEqual(suspects[file] ?? []);
  });
});

describe('a log of what went well', () => {
  test.each(filesOf('sound'))('%s explains nothing, and names no line', (file) => {
    const { explained: all, known, suspects: named } = explained(`sound/${file}`);
    expect({ all: all.map(({ id }) => id), known, named }).toEqual({ all: [], known: false, named: [] });
  });
});

test('of a whole that is done, what is told behind its end still counts', () => {
  const done = 'Done. The new configuration is /nix/store/x-nixos-system-atlas';
  const text = `error: interrupted by the user\n${done}\nssh: connect to host atlas port 22: Connection refused`;
  expect(explain(pastedLines(text)).explained.map(({ id }) => id)).toEqual(['ssh-refused']);
});
