import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type Page, type ServeOptions, serveText, type TextServer } from '../../src/platform/serve-text.ts';

const plain = (body: string): Page => ({ status: 200, type: 'text/plain', body });

async function serve(over: Partial<ServeOptions> = {}): Promise<TextServer> {
  const page = (path: string) => (path === '/metrics' ? plain('a 1\n') : null);
  const served = await serveText({ host: '127.0.0.1', port: 0, page, ...over });
  if (!served.ok) throw new Error(served.problem.cause ?? served.problem.kind);
  onTestFinished(() => served.value.close());
  return served.value;
}

const get = ({ port }: TextServer, path: string, method = 'GET') =>
  fetch(`http://127.0.0.1:${port}${path}`, { method });

/** All that came until the other side closed. */
function talk({ port }: TextServer, text: string): Promise<string> {
  return new Promise((resolve) => {
    let got = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (data) => {
      got += data;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(got));
  });
}

test('gives the page, with or without a query; others are not there', async () => {
  const server = await serve();
  const answer = await get(server, '/metrics?x=1');
  expect([answer.status, await answer.text(), answer.headers.get('connection')]).toEqual([
    200,
    'a 1\n',
    'close',
  ]);
  expect((await get(server, '/')).status).toBe(404);
  expect((await get(server, '/metrics/../etc')).status).toBe(404);
});

test('only what reads is allowed', async () => {
  const server = await serve();
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const answer = await get(server, '/metrics', method);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  }
  const head = await get(server, '/metrics', 'HEAD');
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '4', '']);
});

test('what is no HTTP, or too long a head, is refused', async () => {
  const server = await serve();
  expect(await talk(server, 'hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  expect(await talk(server, `GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(9000)}\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 431 /,
  );
});

test('one request a connection: a second one on it is not answered', async () => {
  const server = await serve();
  const request = 'GET /metrics HTTP/1.1\r\nhost: a\r\n\r\n';
  expect((await talk(server, request + request)).match(/HTTP\/1\.1 200/g)).toHaveLength(1);
});

test('who says nothing, or does not read, is cut off', async () => {
  const body = 'x'.repeat(64 << 20);
  const server = await serve({ connectionMs: 300, page: () => plain(body) });
  expect(await talk(server, '')).toBe('');
  expect(await talk(server, 'GET / HT')).toBe('');
  const { port } = server;
  const received = await new Promise<number>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n'));
    socket.on('error', () => {});
    socket.on('close', () => resolve(socket.bytesRead));
    // Far slower than it is sent.
    socket.once('data', () => socket.pause());
    setTimeout(() => socket.resume(), 1000);
  });
  expect(received).toBeLessThan(body.length);
});

test('many connections are bounded, and it answers again when they are gone', async () => {
  const server = await serve({ connectionMs: 60_000 });
  const sockets: Socket[] = [];
  const closed: Socket[] = [];
  for (let count = 0; count < 80; count += 1) {
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.on('close', () => closed.push(socket));
    sockets.push(socket);
  }
  await expect.poll(() => closed.length, { timeout: 10_000 }).toBe(16);
  await expect(get(server, '/metrics')).rejects.toThrow();
  for (const socket of sockets) socket.destroy();
  await expect.poll(async () => (await get(server, '/metrics').catch(() => null))?.status).toBe(200);
});

test('an address that is taken, or not of this machine, is said; closing ends connections', async () => {
  const server = await serve();
  const page = () => null;
  expect(await serveText({ host: '127.0.0.1', port: server.port, page })).toMatchObject({
    problem: { kind: 'malformed', cause: 'EADDRINUSE' },
  });
  expect(await serveText({ host: '203.0.113.9', port: 0, page })).toMatchObject({
    problem: { cause: 'EADDRNOTAVAIL' },
  });
  const waiting = talk(server, 'GET / HT');
  await server.close();
  await waiting;
  await expect(get(server, '/metrics')).rejects.toThrow();
});
