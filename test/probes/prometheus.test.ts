/** Whatever answers at the address: one line says what is wrong, within bounds of time, bytes and questions. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { queries, queryIds } from '../../src/model/fleet/queries.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { askPrometheus, type PrometheusOptions } from '../../src/probes/prometheus.ts';

const limits = { answerMs: 10_000, bodyMs: 10_000, allMs: 15_000, maxBytes: 1 << 20 };
/** Of those that never come to an end. */
const answerLate = { limits: { ...limits, answerMs: 300 } };
const bodyLate = { limits: { ...limits, bodyMs: 300 } };

async function serve(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ask = (url: string, more: Partial<PrometheusOptions> = {}) =>
  askPrometheus(url, {
    ...{ clock: systemClock, cancelled: new AbortController().signal, environment: {} },
    ...{ authorization: null, limits, ...more },
  });
const causeOf = async (url: string, more: Partial<PrometheusOptions> = {}) => {
  const asked = await ask(url, more);
  return asked.ok
    ? asked.value
    : `${asked.problem.where}: ${asked.problem.cause}`.replace(/127\.0\.0\.1:\d+/g, 'mon');
};

const empty = JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [], groups: [] } });

test('every query once, a few at a time, below the path that was named, with who we are', async () => {
  const asked: URL[] = [];
  const told = new Set<string | undefined>();
  let underWay = 0;
  let most = 0;
  const url = await serve(({ url: path = '', headers }, response) => {
    asked.push(new URL(path, 'http://mon'));
    told.add(headers.authorization);
    underWay += 1;
    most = Math.max(most, underWay);
    setImmediate(() => {
      underWay -= 1;
      response.end(empty);
    });
  });
  const answer = await ask(`${url}/prom/`, { authorization: 'Bearer secret' });
  expect(answer).toMatchObject({ ok: true, value: { hasRules: false } });
  expect(new Set(asked.map(({ pathname }) => pathname))).toEqual(
    new Set(['/prom/api/v1/query', '/prom/api/v1/rules']),
  );
  const expressions = asked.flatMap(({ searchParams }) => searchParams.get('query') ?? []);
  expect(expressions.toSorted()).toEqual(Object.values(queries).toSorted());
  expect(asked).toHaveLength(queryIds.length + 1);
  expect(most).toBeLessThanOrEqual(4);
  expect(told).toEqual(new Set(['Bearer secret']));
});

test('that it has no rules at all is no failure: whether some are loaded is then unknown', async () => {
  const url = await serve(({ url: path = '' }, response) => {
    if (path.includes('/rules')) response.writeHead(404).end();
    else response.end(empty);
  });
  expect(await ask(url)).toMatchObject({ ok: true, value: { hasRules: null } });
});

test.each<[string, (response: ServerResponse) => void, string]>([
  [
    '503',
    (response) => void response.writeHead(503).end('starting'),
    'mon: it is not ready to answer (HTTP 503)',
  ],
  ['garbage', (response) => void response.end('\u0000\u0001<html>'), 'mon: its answer is none of Prometheus'],
  ['a closed door', (response) => void response.socket?.destroy(), 'mon: mon closed the connection'],
  [
    'a beginning, and goes',
    (response) => void response.write(empty.slice(0, 20), () => response.socket?.destroy()),
    'mon: it closed the connection in the middle of its answer',
  ],
  ['too much', (response) => void response.end(' '.repeat(2 << 20)), 'mon: its answer has more than 1 MB'],
])('who answers with %s', async (_, answer, cause) => {
  const url = await serve((_request, response) => answer(response));
  expect(await causeOf(url)).toBe(cause);
});

test('who trickles is not waited for', async () => {
  const url = await serve((_, response) => {
    const write = () => {
      if (!response.destroyed) response.write(' ', () => setTimeout(write, 20));
    };
    write();
  });
  expect(await causeOf(url, bodyLate)).toBe('mon: its answer is not whole after 0.3 s');
});

test('who says nothing, or stops in the middle, is not waited for either', async () => {
  expect(await causeOf(await serve(() => {}), answerLate)).toBe('mon: no answer within 0.3 s');
  const url = await serve((_, response) => void response.write(empty.slice(0, 20)));
  expect(await causeOf(url, bodyLate)).toBe('mon: its answer is not whole after 0.3 s');
});

test('one failed question ends the others', async () => {
  let asked = 0;
  const url = await serve(({ url: path = '' }, response) => {
    asked += 1;
    if (decodeURIComponent(path).includes(queries.told)) response.writeHead(500).end();
  });
  expect(await causeOf(url)).toBe('mon: it answers with HTTP 500');
  expect(asked).toBeLessThanOrEqual(4);
});

test('all together have a limit, too', async () => {
  const url = await serve(() => {});
  expect(await causeOf(url, { limits: { ...limits, allMs: 100 } })).toBe(
    'mon: not all of it is answered after 0.1 s',
  );
});

test('nobody there, and nobody of that name', async () => {
  const url = await serve(() => {});
  const port = Number(new URL(url).port);
  expect(await causeOf(`http://127.0.0.2:${port}`)).toMatch(/127\.0\.0\.2:\d+ refuses the connection/);
  expect(await causeOf('http://no.such.invalid:9090')).toMatch(/^no\.such\.invalid:9090: /);
});

test('given up when we end', async () => {
  const stop = new AbortController();
  const url = await serve(() => stop.abort());
  expect(await ask(url, { cancelled: stop.signal })).toMatchObject({ ok: false });
});
