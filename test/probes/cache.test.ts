import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fail, ok } from '../../src/base/problem.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createOwnFiles } from '../../src/platform/own-files.ts';
import { createCache } from '../../src/probes/cache.ts';
import { createFakePorts } from '../support/fake-ports.ts';
import { createFakeSpawn } from '../support/fake-spawn.ts';

const [here, missing] = ['0', '1'].map((digit) => digit.repeat(32)) as [string, string];
const info = 'StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 30\n';
const narInfo = (key: string) =>
  `StorePath: /nix/store/${here}-hello\nURL: nar/x.nar\nFileSize: 4000000\nSig: ${key}:abc==\n`;

/** A store with two paths, of which the cache has one; settings of Nix that trust `keys`. */
function context(settings: object | null = { 'trusted-public-keys': { value: ['good-1:xyz='] } }) {
  const fake = createFakePorts();
  const spawn = createFakeSpawn();
  spawn.onRun = (_, args) =>
    ok({ exitCode: args.includes('true') ? 1 : 0, signal: null, stdout: '', stderr: '' });
  spawn.onStream = () => ({ lines: settings === null ? [] : [JSON.stringify(settings)] });
  const files = {
    ...fake.files,
    linkSlow: async (path: string) => fail('gone', path),
    listSlow: async () => ok([`${missing}-other`, `${here}-hello`, `${here}-hello.drv`, 'trash']),
  };
  const ownFiles = createOwnFiles({ clock: systemClock });
  const told: string[] = [];
  return {
    ports: { ...fake, files, spawn, ownFiles, clock: systemClock },
    cancelled: new AbortController().signal,
    stateDirectory: undefined,
    progress: (text: string) => void told.push(text),
    told,
  };
}

async function serve(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ask = createCache({}, { answerMs: 200, bodyMs: 500, maxBytes: 1 << 20 });

function cacheSignedBy(key: string, ranges: string[] = []): RequestListener {
  return ({ url, headers }, response) => {
    if (url === '/nix-cache-info') response.end(info);
    else if (url === `/${here}.narinfo`) response.end(narInfo(key));
    else if (url === '/nar/x.nar') {
      ranges.push(headers.range ?? '');
      response.writeHead(206).end(Buffer.alloc(1 << 20));
    } else response.writeHead(404).end();
  };
}

test('one that is well: how fast, whose, trusted', async () => {
  const ranges: string[] = [];
  const url = await serve(cacheSignedBy('good-1', ranges));
  const found = await ask(`${url}/`, context());
  expect(found).toMatchObject({
    value: {
      reachable: true,
      httpStatus: 200,
      trusted: true,
      keys: ['good-1'],
      priority: 30,
      storeDirectory: '/nix/store',
      said: null,
    },
  });
  if (!found.ok) return;
  expect(found.value.sec).toBeGreaterThanOrEqual(0);
  expect(found.value.bytesPerSec).toBeGreaterThan(1 << 20);
  expect(ranges).toEqual(['bytes=0-1048575']);
});

test('signed by a key that nobody trusts; but by one that is not asked for, it is', async () => {
  const url = await serve(cacheSignedBy('other-1'));
  expect(await ask(url, context())).toMatchObject({ value: { trusted: false, keys: ['other-1'] } });
  expect(await ask(`${url}?trusted=1`, context())).toMatchObject({ value: { trusted: true } });
  expect(await ask(url, context({ 'require-sigs': { value: false } }))).toMatchObject({
    value: { trusted: true },
  });
  // Nix does not tell its settings.
  expect(await ask(url, context(null))).toMatchObject({ value: { trusted: null } });
});

test('one that has nothing of ours tells neither speed nor keys', async () => {
  const url = await serve(({ url: path }, response) => {
    if (path === '/nix-cache-info') response.end(info);
    else response.writeHead(404).end();
  });
  expect(await ask(url, context())).toMatchObject({
    value: { reachable: true, bytesPerSec: null, trusted: null, keys: [], said: null },
  });
});

test('one that answers with something else', async () => {
  const refused = await serve((_, response) => void response.writeHead(403).end('no'));
  expect(await ask(refused, context())).toMatchObject({
    value: { reachable: true, httpStatus: 403, said: 'status 403' },
  });
  const login = await serve((_, response) => void response.end('<html>Please log in</html>'));
  expect(await ask(login, context())).toMatchObject({
    value: { reachable: true, httpStatus: 200, said: 'its nix-cache-info is none' },
  });
});

test('one that takes connections and says nothing, and one at which nobody listens', async () => {
  const silent = createTcpServer((socket) => void socket.on('error', () => {}).resume());
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  expect(await ask(url, context())).toMatchObject({
    value: { reachable: false, sec: null, httpStatus: null, said: 'no answer within 0.2 s' },
  });
  silent.close();
  expect(await ask(url, context())).toMatchObject({
    value: { reachable: false, said: `127.0.0.1:${port} refuses the connection` },
  });
});

test('a directory', async () => {
  const place = mkdtempSync(join(tmpdir(), 'nixpulse-cache-'));
  onTestFinished(() => rmSync(place, { recursive: true }));
  expect(await ask(`file://${place}`, context())).toMatchObject({
    value: { reachable: false, said: 'gone' },
  });
  writeFileSync(join(place, 'nix-cache-info'), info);
  writeFileSync(join(place, `${here}.narinfo`), narInfo('good-1'));
  expect(await ask(`file://${place}`, context())).toMatchObject({
    value: {
      reachable: true,
      httpStatus: null,
      bytesPerSec: null,
      trusted: true,
      keys: ['good-1'],
      priority: 30,
    },
  });
});

test('what is asked otherwise', async () => {
  expect(await ask('ssh://mac', context())).toMatchObject({
    problem: { kind: 'unsupported', cause: 'ask it as a builder' },
  });
  expect(await ask('s3://bucket', context())).toMatchObject({ problem: { kind: 'unsupported' } });
});
