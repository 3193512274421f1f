/** All queries about a fleet, asked of one Prometheus a few at a time: all of their answers, or why there are none. */
import { fail, ok, type Problem, type Result } from '../base/problem.ts';
import type { FleetAnswers, InstantSample } from '../model/fleet/answers.ts';
import { knownAlert, type QueryId, queries, queryIds } from '../model/fleet/queries.ts';
import { parseHasRules, parseInstantVector } from '../parse/prometheus-answer.ts';
import type { Clock } from '../platform/ports.ts';
import { type HttpOptions, httpGet } from './http-get.ts';

export interface PrometheusOptions {
  readonly clock: Clock;
  readonly cancelled: AbortSignal;
  readonly environment: HttpOptions['environment'];
  readonly certificates?: string | undefined;
  /** `Bearer …`, `Basic …`; null: nobody has to know who asks. */
  readonly authorization: string | null;
  readonly limits?: PrometheusLimits;
}

export interface PrometheusLimits {
  /** Until one query is answered, and until its answer is whole. */
  readonly answerMs: number;
  readonly bodyMs: number;
  /** Of all together. */
  readonly allMs: number;
  readonly maxBytes: number;
}

/** Ten thousand machines take 12 MB. */
const usual: PrometheusLimits = { answerMs: 8000, bodyMs: 8000, allMs: 15_000, maxBytes: 64 << 20 };
/** Prometheus itself works on twenty at once (`--query.max-concurrency`), for everybody. */
const atOnce = 4;

/** `url`: as far as `/api/v1`. The Problem's `where` is its host. Never rejects. */
export async function askPrometheus(
  url: string,
  { limits = usual, ...options }: PrometheusOptions,
): Promise<Result<FleetAnswers>> {
  const { clock, cancelled, authorization } = options;
  const askedMs = clock.now();
  const where = hostOf(url);
  const stop = new AbortController();
  const isLate = { value: false };
  const cancelLimit = clock.after(limits.allMs, () => {
    isLate.value = true;
    stop.abort();
  });
  const cancel = () => stop.abort();
  cancelled.addEventListener('abort', cancel, { once: true });
  if (cancelled.aborted) cancel();
  const http: HttpOptions = {
    ...{ clock, cancelled: stop.signal, environment: options.environment },
    ...{ timeoutMs: limits.answerMs, bodyMs: limits.bodyMs, maxBytes: limits.maxBytes },
    certificates: options.certificates,
    ...(authorization !== null && { secrets: { authorization } }),
  };
  const root = url.replace(/\/+$/, '');
  const samples: Partial<Record<QueryId, readonly InstantSample[]>> = {};
  let hasRules: boolean | null = null;
  let failed: Problem | null = null;

  async function get(path: string): Promise<Result<{ readonly status: number; readonly text: string }>> {
    const asked = await httpGet(`${root}/api/v1/${path}`, http);
    if (!asked.ok) return asked;
    const { status, body, cut } = asked.value;
    if (cut === 'bytes')
      return fail('exhausted', where, `its answer has more than ${limits.maxBytes >> 20} MB`);
    if (cut === 'time')
      return fail('timeout', where, `its answer is not whole after ${limits.bodyMs / 1000} s`);
    if (cut === 'closed') return fail('gone', where, 'it closed the connection in the middle of its answer');
    return ok({ status, text: new TextDecoder().decode(body) });
  }

  async function query(id: QueryId): Promise<void> {
    const sec = Math.ceil(limits.answerMs / 1000);
    const got = await get(`query?timeout=${sec}s&query=${encodeURIComponent(queries[id])}`);
    const vector = got.ok ? parseInstantVector(got.value.status, got.value.text, where) : got;
    if (vector.ok) samples[id] = vector.value;
    // The others would fail as it did, or be of no use without it.
    else if (failed === null) {
      failed = vector.problem;
      stop.abort();
    }
  }

  async function rules(): Promise<void> {
    const got = await get(`rules?type=alert&rule_name[]=${knownAlert}`);
    // Not all that speak Prometheus' language have rules: then nobody knows.
    if (got.ok) hasRules = parseHasRules(got.value.status, got.value.text, knownAlert);
  }

  const waiting = [...queryIds.map((id) => () => query(id)), rules];
  const take = async () => {
    for (let next = waiting.shift(); next !== undefined && failed === null; next = waiting.shift())
      await next();
  };
  await Promise.all(Array.from({ length: atOnce }, take));
  cancelLimit();
  cancelled.removeEventListener('abort', cancel);
  if (isLate.value) return fail('timeout', where, `not all of it is answered after ${limits.allMs / 1000} s`);
  if (failed !== null) return { ok: false, problem: { ...(failed as Problem), where } };
  return ok({ samples: samples as FleetAnswers['samples'], hasRules, askedMs });
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
