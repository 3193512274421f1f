import { describe, expect, test } from 'vitest';
import { parseHasRules, parseInstantVector } from '../../src/parse/prometheus-answer.ts';

const vector = (result: unknown) =>
  JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });
const parse = (status: number, text: string) => parseInstantVector(status, text, 'mon:9090');
const causeOf = (status: number, text: string) => {
  const parsed = parse(status, text);
  return parsed.ok
    ? parsed.value
    : `${parsed.problem.kind}, ${parsed.problem.where}: ${parsed.problem.cause}`;
};

test('series with their labels, values and times', () => {
  // As Prometheus 2.42 answers.
  const text = `{"status":"success","data":{"resultType":"vector","result":[
    {"metric":{"instance":"a:1","part":"now"},"value":[1796021725.305,"1796021720.5"]},
    {"metric":{},"value":[1796021725.305,"0"]}]}}`;
  expect(parse(200, text)).toEqual({
    ok: true,
    value: [
      { labels: { instance: 'a:1', part: 'now' }, value: 1796021720.5, atSec: 1796021725.305 },
      { labels: {}, value: 0, atSec: 1796021725.305 },
    ],
  });
});

test('what is no number is nothing, and what is no series hides none', () => {
  const good = { metric: { instance: 'b:1' }, value: [1, '2'] };
  const bad = [
    { metric: { instance: 'a:1' }, value: [1, 'NaN'] },
    { metric: { instance: 'a:1' }, value: [1, '+Inf'] },
    { metric: { instance: 'a:1' }, value: [1, ''] },
    { metric: { instance: 'a:1' }, value: [1, 2] },
    { metric: { instance: 'a:1' }, value: ['1', '2'] },
    { metric: { instance: 'a:1' }, value: [1e13, '2'] },
    { metric: { instance: 'a:1' }, value: '2' },
    { metric: null, value: [1, '2'] },
    { value: [1, '2'] },
    null,
    7,
    [],
  ];
  expect(parse(200, vector([...bad, good]))).toEqual({
    ok: true,
    value: [{ labels: { instance: 'b:1' }, value: 2, atSec: 1 }],
  });
});

test('a label that is no text, or has the name of a part of every object, changes nothing else', () => {
  const text = '[{"metric":{"__proto__":"x","instance":"a:1","n":5},"value":[1,"2"]}]';
  const parsed = parse(200, `{"status":"success","data":{"resultType":"vector","result":${text}}}`);
  expect(parsed.ok && parsed.value[0]?.labels['instance']).toBe('a:1');
  expect(parsed.ok && Object.keys(parsed.value[0]?.labels ?? {})).toEqual(['__proto__', 'instance']);
});

test('more series than there can be machines are none', () => {
  const many = vector(Array.from({ length: 500_001 }, () => 0));
  expect(causeOf(200, many)).toBe('exhausted, mon:9090: its answer has more than 500000 series');
});

describe('who does not answer', () => {
  test.each([
    [401, 'Unauthorized\n', 'denied, mon:9090: it wants another token or password (HTTP 401)'],
    [403, '', 'denied, mon:9090: it does not let us ask (HTTP 403)'],
    [404, '404 page not found', 'gone, mon:9090: there is no Prometheus at this path (HTTP 404)'],
    [503, 'Service Unavailable', 'exhausted, mon:9090: it is not ready to answer (HTTP 503)'],
    [500, '', 'malformed, mon:9090: it answers with HTTP 500'],
    [200, '<html>Welcome</html>', 'malformed, mon:9090: its answer is none of Prometheus'],
    [200, '', 'malformed, mon:9090: its answer is none of Prometheus'],
    [200, '[]', 'malformed, mon:9090: its answer is none of Prometheus'],
    [200, vector([]).slice(0, -4), 'malformed, mon:9090: its answer is none of Prometheus'],
    [200, '{"status":"success"}', 'malformed, mon:9090: its answer is no instant vector'],
    [
      200,
      '{"status":"success","data":{"resultType":"matrix","result":[]}}',
      'malformed, mon:9090: its answer is no instant vector',
    ],
    [
      422,
      '{"status":"error","errorType":"execution","error":"too many\\u001b[31m samples\\n"}',
      'malformed, mon:9090: it says: too many samples',
    ],
    [
      503,
      '{"status":"error","errorType":"timeout","error":"query timed out"}',
      'timeout, mon:9090: it says: query timed out',
    ],
    [400, '{"status":"error"}', 'malformed, mon:9090: it says: HTTP 400'],
  ])('%i %s', (status, text, cause) => {
    expect(causeOf(status, text)).toBe(cause);
  });

  test('what it says is not told without end', () => {
    const cause = causeOf(400, JSON.stringify({ status: 'error', error: 'x'.repeat(5000) }));
    expect(String(cause).length).toBeLessThan(250);
  });
});

describe('rules', () => {
  const rules = (groups: unknown) => JSON.stringify({ status: 'success', data: { groups } });

  test('are loaded, or not', () => {
    const group = { name: 'nixpulse', rules: [{ name: 'Other' }, null, { name: 'Wanted' }] };
    expect(parseHasRules(200, rules([{ rules: 5 }, group]), 'Wanted')).toBe(true);
    expect(parseHasRules(200, rules([]), 'Wanted')).toBe(false);
    // Without a filter by name (before 2.48) all are there.
    expect(parseHasRules(200, rules([{ rules: [{ name: 'Other' }] }]), 'Wanted')).toBe(false);
  });

  test.each([
    [404, 'nothing'],
    [200, '{"status":"success","data":{}}'],
    [200, '{"status":"success","data":{"groups":{}}}'],
  ])('are not known where it answers %i %s', (status, text) => {
    expect(parseHasRules(status, text, 'Wanted')).toBeNull();
  });
});
