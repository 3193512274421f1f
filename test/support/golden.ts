/** Golden files: expected output kept in test/golden, written anew with UPDATE_GOLDEN=1. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

export function expectGolden(name: string, actual: string): void {
  const file = fileURLToPath(new URL(`../golden/${name}.txt`, import.meta.url));
  const text = `${actual}\n`;
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(text, `${name}: look at the difference; UPDATE_GOLDEN=1 accepts it`).toBe(
    existsSync(file) ? readFileSync(file, 'utf8') : '(no golden file)',
  );
}
