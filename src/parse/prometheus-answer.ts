/**
 * Answers of Prometheus' HTTP API (prometheus.io/docs/prometheus/latest/querying/api): an instant vector, or why there is
 * none. Whoever answers at the address may say anything.
 *
 *     {"status":"success","data":{"resultType":"vector","result":[{"metric":{"instance":"a:1"},"value":[1435781451.781,"1"]}]}}
 *     {"status":"error","errorType":"bad_data","error":"invalid parameter \"query\""}
 */
import { isFields } from '../base/fields.ts';
import { fail, ok, type ProblemKind, type Result } from '../base/problem.ts';
import { oneLine, withoutCommands } from '../base/text.ts';
import type { InstantSample } from '../model/fleet/answers.ts';

/** More than a hundred thousand machines would bring. */
const mostSamples = 500_000;
const mostErrorLetters = 160;

/** `denied`: 401 and 403; `exhausted`: 429 and 503; `timeout`: it gave up; else `malformed`. `where`: whom we asked. */
export function parseInstantVector(
  status: number,
  text: string,
  where: string,
): Result<readonly InstantSample[]> {
  const answer = answerOf(status, text, where);
  if (!answer.ok) return answer;
  const { data } = answer.value;
  if (!isFields(data) || data['resultType'] !== 'vector' || !Array.isArray(data['result']))
    return fail('malformed', where, 'its answer is no instant vector');
  if (data['result'].length > mostSamples)
    return fail('exhausted', where, `its answer has more than ${mostSamples} series`);
  return ok(data['result'].flatMap((one) => sampleOf(one) ?? []));
}

/** Whether one of the rules that were asked for by name is loaded; null: the answer does not say. */
export function parseHasRules(status: number, text: string, name: string): boolean | null {
  const answer = answerOf(status, text, '');
  const { data } = answer.ok ? answer.value : { data: null };
  if (!isFields(data) || !Array.isArray(data['groups'])) return null;
  return data['groups'].some(
    (group) =>
      isFields(group) &&
      Array.isArray(group['rules']) &&
      group['rules'].some((rule) => isFields(rule) && rule['name'] === name),
  );
}

function answerOf(status: number, text: string, where: string): Result<Readonly<Record<string, unknown>>> {
  const answer = jsonOf(text);
  if (status === 200 && isFields(answer) && answer['status'] === 'success') return ok(answer);
  const known = byStatus[status];
  if (known !== undefined) return fail(known.kind, where, known.cause);
  const error = isFields(answer) && answer['status'] === 'error' ? answer : null;
  if (error !== null) {
    const said = oneLine(withoutCommands(String(error['error'] ?? ''))).slice(0, mostErrorLetters);
    const kind = error['errorType'] === 'timeout' ? 'timeout' : 'malformed';
    return fail(kind, where, `it says: ${said === '' ? `HTTP ${status}` : said}`);
  }
  if (status === 503) return fail('exhausted', where, 'it is not ready to answer (HTTP 503)');
  if (status !== 200) return fail('malformed', where, `it answers with HTTP ${status}`);
  return fail('malformed', where, 'its answer is none of Prometheus');
}

const byStatus: Readonly<Record<number, { readonly kind: ProblemKind; readonly cause: string }>> = {
  401: { kind: 'denied', cause: 'it wants another token or password (HTTP 401)' },
  403: { kind: 'denied', cause: 'it does not let us ask (HTTP 403)' },
  404: { kind: 'gone', cause: 'there is no Prometheus at this path (HTTP 404)' },
  407: { kind: 'denied', cause: 'the proxy wants a password (HTTP 407)' },
  429: { kind: 'exhausted', cause: 'it is asked too often (HTTP 429)' },
  502: { kind: 'gone', cause: 'the proxy before it cannot reach it (HTTP 502)' },
  504: { kind: 'gone', cause: 'the proxy before it cannot reach it (HTTP 504)' },
};

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function sampleOf(one: unknown): InstantSample | null {
  if (!isFields(one) || !isFields(one['metric']) || !Array.isArray(one['value'])) return null;
  const [atSec, text] = one['value'];
  // `NaN`, `+Inf`: nobody knows it.
  const value = typeof text === 'string' ? Number(text) : Number.NaN;
  if (!isTime(atSec) || text === '' || !Number.isFinite(value)) return null;
  const labels = Object.entries(one['metric']).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string',
  );
  return { labels: Object.fromEntries(labels), value, atSec };
}

/** A `Date` can have it. */
function isTime(sec: unknown): sec is number {
  return typeof sec === 'number' && Math.abs(sec) <= 8.64e12;
}
