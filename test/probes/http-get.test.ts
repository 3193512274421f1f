import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server as TcpServer,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { connectionProblem, type HttpOptions, httpGet, proxyOf } from '../../src/probes/http-get.ts';

async function listen(server: TcpServer | Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const serve = (handler: RequestListener) => listen(createServer(handler));

const get = (url: string, more: Partial<HttpOptions> = {}) =>
  httpGet(url, {
    clock: systemClock,
    cancelled: new AbortController().signal,
    timeoutMs: 5000,
    maxBytes: 1 << 20,
    environment: {},
    ...more,
  });

const text = (answer: Awaited<ReturnType<typeof get>>) =>
  answer.ok ? `${answer.value.status} ${new TextDecoder().decode(answer.value.body)}` : answer.problem;

test('what it says, with its status', async () => {
  const port = await serve(({ url, headers }, response) => {
    response.writeHead(url === '/a?b=1' ? 200 : 404).end(`${url} ${headers.range}`);
  });
  const range = { headers: { range: 'bytes=0-9' } };
  expect(text(await get(`http://127.0.0.1:${port}/a?b=1`, range))).toBe('200 /a?b=1 bytes=0-9');
  expect(text(await get(`http://127.0.0.1:${port}/c`))).toBe('404 /c undefined');
});

test.each([
  ['ENOTFOUND', 'gone', 'the name cache.example cannot be resolved'],
  ['ETIMEDOUT', 'timeout', 'cache.example does not take the connection'],
  ['CERT_HAS_EXPIRED', 'gone', 'certificate has expired'],
])('%s in plain words', (code, kind, cause) => {
  const error = Object.assign(new Error('certificate has expired'), { code });
  expect(connectionProblem(error, 'cache.example')).toEqual({ kind, where: 'cache.example', cause });
});

test('redirects are followed, not without end', async () => {
  const port = await serve(({ url }, response) => {
    if (url === '/end') response.end('there');
    else response.writeHead(302, { location: url === '/round' ? '/round' : '/end' }).end();
  });
  expect(text(await get(`http://127.0.0.1:${port}/begin`))).toBe('200 there');
  expect(await get(`http://127.0.0.1:${port}/round`)).toMatchObject({ problem: { kind: 'malformed' } });
});

test('what one host is told to know us by goes to no other, not even through a redirect', async () => {
  const told: (string | undefined)[] = [];
  const other = await serve(({ headers }, response) => {
    told.push(headers.authorization);
    response.end('there');
  });
  const port = await serve(({ url, headers }, response) => {
    told.push(headers.authorization);
    const location = url === '/here' ? `http://127.0.0.1:${other}/` : '/here';
    response.writeHead(302, { location }).end();
  });
  const secrets = { authorization: 'Bearer secret' };
  expect(text(await get(`http://127.0.0.1:${port}/begin`, { secrets }))).toBe('200 there');
  expect(told).toEqual(['Bearer secret', 'Bearer secret', undefined]);
});

test('a name and a password of the address are told, also where a percent sign is only one', async () => {
  const port = await serve(({ headers }, response) => {
    const [, words = ''] = (headers.authorization ?? '').split(' ');
    response.end(Buffer.from(words, 'base64').toString());
  });
  expect(text(await get(`http://me:a%20b@127.0.0.1:${port}/`))).toBe('200 me:a b');
  expect(text(await get(`http://me:100%@127.0.0.1:${port}/`))).toBe('200 me:100%');
});

test('a redirect may lead anywhere: to a name that is none, to nothing at all', async () => {
  let authorization: string | undefined;
  const port = await serve(({ url, headers }, response) => {
    if (url === '/end') {
      ({ authorization } = headers);
      return response.end('there');
    }
    const location =
      url === '/name' ? `http://%zz:%ff@127.0.0.1:${port}/end` : decodeURIComponent(url ?? '').slice(1);
    return response.writeHead(302, { location }).end();
  });
  expect(text(await get(`http://127.0.0.1:${port}/name`))).toBe('200 there');
  expect(authorization).toBe(`Basic ${Buffer.from('%zz:%ff').toString('base64')}`);
  for (const to of ['http://', 'file:///etc/passwd', 'http://[', 'http://a:b:c', 'http://nas:99999/'])
    expect(await get(`http://127.0.0.1:${port}/${encodeURIComponent(to)}`), to).toMatchObject({
      problem: { kind: 'unsupported' },
    });
});

test('an answer that is not whole says so, and why', async () => {
  const port = await serve(({ url, socket }, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('half', () => void (url === '/close' && socket.destroy()));
    if (url === '/whole') response.end('of it'.padEnd(96));
  });
  const cut = async (path: string, more: Partial<HttpOptions> = {}) => {
    const answer = await get(`http://127.0.0.1:${port}${path}`, more);
    return answer.ok ? answer.value.cut : answer.problem;
  };
  expect(await cut('/whole')).toBeNull();
  expect(await cut('/whole', { maxBytes: 10 })).toBe('bytes');
  expect(await cut('/close')).toBe('closed');
  expect(await cut('/slow', { bodyMs: 50 })).toBe('time');
});

test('no more than is wanted, and no longer', async () => {
  const port = await serve((_, response) => {
    const write = () => {
      if (!response.destroyed) response.write(Buffer.alloc(64 << 10), write);
    };
    write();
  });
  const answer = await get(`http://127.0.0.1:${port}/`, { maxBytes: 1000 });
  expect(answer.ok && answer.value.body.length).toBe(1000);
  const slow = await serve((_, response) => void response.write('begun'));
  expect(text(await get(`http://127.0.0.1:${slow}/`, { bodyMs: 50 }))).toBe('200 begun');
});

test('nobody answers: said at once, or at the limit', async () => {
  const silent = await listen(createTcpServer((socket) => void socket.on('error', () => {}).resume()));
  expect(await get(`http://127.0.0.1:${silent}/`, { timeoutMs: 50 })).toMatchObject({
    problem: { kind: 'timeout', cause: 'no answer within 0.05 s' },
  });
  const abort = new AbortController();
  const asked = get(`http://127.0.0.1:${silent}/`, { cancelled: abort.signal });
  abort.abort();
  expect(await asked).toMatchObject({ problem: { kind: 'timeout', cause: 'cancelled' } });
  const plain = await serve((_, response) => response.end());
  expect(await get(`https://127.0.0.1:${plain}/`)).toMatchObject({
    problem: { kind: 'gone', cause: expect.stringContaining('speaks no TLS') },
  });
  expect(await get('http://host.invalid/')).toMatchObject({ problem: { kind: 'gone' } });
  expect(await get('ftp://127.0.0.1/')).toMatchObject({ problem: { kind: 'unsupported' } });
  expect(await get('none')).toMatchObject({ problem: { kind: 'unsupported' } });
});

test('through a proxy: its whole address is asked for, with the name that the proxy wants', async () => {
  const port = await serve(({ url, headers }, response) => {
    response.end(`${url} ${headers['proxy-authorization']}`);
  });
  const environment = { http_proxy: `http://me:secret@127.0.0.1:${port}` };
  expect(text(await get('http://cache.example/x', { environment }))).toBe(
    `200 http://cache.example/x Basic ${Buffer.from('me:secret').toString('base64')}`,
  );
});

test.skipIf(spawnSync('openssl', ['version']).status !== 0)(
  'over TLS, through a tunnel, too, and only where it is trusted',
  async () => {
    const place = mkdtempSync(join(tmpdir(), 'nixpulse-tls-'));
    onTestFinished(() => rmSync(place, { recursive: true }));
    const [key, cert] = [join(place, 'key.pem'), join(place, 'cert.pem')];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'].concat([
        '-addext',
        'subjectAltName=DNS:localhost',
        '-keyout',
        key,
        '-out',
        cert,
      ]),
      { stdio: 'ignore' },
    );
    const certificates = readFileSync(cert, 'utf8');
    const server = createSecureServer({ key: readFileSync(key), cert: certificates }, (_, response) => {
      response.end('secret');
    });
    const port = await listen(server);
    const asked: string[] = [];
    const proxy = createServer();
    proxy.on('connect', ({ url = '' }, socket) => {
      asked.push(url);
      const to = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(to).pipe(socket);
      });
      for (const one of [to, socket]) one.on('error', () => {});
    });
    const environment = { https_proxy: `127.0.0.1:${await listen(proxy)}` };
    const url = `https://localhost:${port}/`;
    expect(text(await get(url, { certificates }))).toBe('200 secret');
    expect(asked).toEqual([]);
    expect(text(await get(url, { certificates, environment }))).toBe('200 secret');
    expect(asked).toEqual([`localhost:${port}`]);
    expect(await get(url)).toMatchObject({
      problem: { kind: 'gone', cause: expect.stringMatching(/certificate/) },
    });
  },
);

test('a name or a password that is badly written is taken as it stands', async () => {
  const port = await serve(({ headers }, response) => {
    const words = headers['proxy-authorization'] ?? headers.authorization ?? '';
    response.end(Buffer.from(words.replace('Basic ', ''), 'base64').toString());
  });
  expect(text(await get(`http://a%zz:%20@127.0.0.1:${port}/`))).toBe('200 a%zz: ');
  const environment = { http_proxy: `http://p%zz:b@127.0.0.1:${port}` };
  expect(text(await get('http://cache.example/', { environment }))).toBe('200 p%zz:b');
});

test('a proxy that is not there is what refuses', async () => {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  const environment = { http_proxy: `http://127.0.0.1:${port}` };
  expect(await get('http://cache.example/', { environment })).toMatchObject({
    problem: { cause: `127.0.0.1:${port} refuses the connection` },
  });
});

test('a proxy that refuses', async () => {
  const proxy = createServer();
  proxy.on('connect', (_, socket) => void socket.end('HTTP/1.1 407 Who are you\r\n\r\n'));
  const environment = { https_proxy: `http://127.0.0.1:${await listen(proxy)}` };
  expect(await get('https://cache.example/', { environment })).toMatchObject({
    problem: { kind: 'denied', cause: 'the proxy says 407' },
  });
});

test('which proxy, as curl takes them', () => {
  const of = (address: string, environment: Record<string, string>) =>
    proxyOf(new URL(address), environment)?.host ?? null;
  expect(of('http://a.example/', { http_proxy: 'http://p:3128' })).toBe('p:3128');
  expect(of('http://a.example/', { HTTP_PROXY: 'http://p:3128' })).toBeNull();
  expect(of('https://a.example/', { HTTPS_PROXY: 'p:3128' })).toBe('p:3128');
  expect(of('https://a.example/', { all_proxy: 'http://p:1', http_proxy: 'http://q:1' })).toBe('p:1');
  expect(of('https://a.example/', { all_proxy: 'socks5://p:1' })).toBeNull();
  for (const none of ['a.example', '.example', '*.example', 'x, example', '*'])
    expect(of('http://a.example/', { http_proxy: 'http://p:1', no_proxy: none })).toBeNull();
  expect(of('http://ba.example/', { http_proxy: 'http://p:1', no_proxy: 'a.example' })).toBe('p:1');
});
