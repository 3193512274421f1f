/** Whether a unit answers: a URL by any status below 500, a socket by taking a connection. */

import type { Clock } from '../../platform/ports.ts';
import { socketAnswers } from '../../platform/socket-answers.ts';
import { httpGet } from '../../probes/http-get.ts';

const timeoutMs = 5000;
const mostBytes = 4096;

/** Null: it cannot be told. Never rejects. */
export async function askUnit(what: string, clock: Clock): Promise<boolean | null> {
  if (what.startsWith('/')) return socketAnswers(what, timeoutMs);
  const { signal } = new AbortController();
  // Without proxies: it is this machine's.
  const options = { clock, cancelled: signal, timeoutMs, maxBytes: mostBytes, environment: {} };
  const answer = await httpGet(what, options);
  if (answer.ok) return answer.value.status < 500;
  return answer.problem.kind === 'unsupported' ? null : false;
}
