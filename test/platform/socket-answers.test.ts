import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { socketAnswers } from '../../src/platform/socket-answers.ts';

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'nixpulse-socket-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

test('a socket that takes connections answers, and hears nothing', async () => {
  const path = join(directory(), 'socket');
  const heard: string[] = [];
  const server = createServer((socket) => socket.on('data', (bytes) => heard.push(String(bytes))));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  expect(await socketAnswers(path, 1000)).toBe(true);
  await new Promise((resolve) => server.close(resolve));
  expect(heard).toEqual([]);
});

test('none that is there, or nobody behind it, does not', async () => {
  const place = directory();
  expect(await socketAnswers(join(place, 'none'), 1000)).toBe(false);
  writeFileSync(join(place, 'file'), '');
  expect(await socketAnswers(join(place, 'file'), 1000)).toBe(false);
});
