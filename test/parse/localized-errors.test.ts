import { expect, test } from 'vitest';
import { hasLocalized, inEnglish } from '../../src/parse/localized-errors.ts';
import { pastedLines } from '../../src/parse/paste.ts';

test.each([
  [
    "ld: 'x' kann nicht geschrieben werden: Auf dem Gerät ist kein Speicherplatz mehr verfügbar",
    'No space left on device',
  ],
  ['connect: Aucun chemin d’accès pour atteindre l’hôte cible', 'No route to host'],
  ['open: Permiso denegado', 'Permission denied'],
  ['exec: Erreur de format pour exec()', 'Exec format error'],
])('%s is said in English', (line, meant) => {
  expect(pastedLines(line)[0]?.text).toMatch(new RegExp(`: ${meant}$`));
});

test('English stays as it is', () => {
  const line = 'error: opening file: No such file or directory';
  expect(hasLocalized(line)).toBe(false);
  expect(inEnglish(line)).toBe(line);
});
