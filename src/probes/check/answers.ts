/** Whether something answers: a URL with less than 500, the path of a socket that takes a connection. */
import { request } from 'node:http';
import { ok, problemText, type Result } from '../../base/problem.ts';
import { type HttpOptions, httpGet } from '../http-get.ts';
import type { ProbeContext } from '../probe.ts';

const timeoutMs = 3000;

/** Null: it does; else why not. */
export async function askAnswer(
  address: string,
  environment: HttpOptions['environment'],
  context: ProbeContext,
): Promise<Result<string | null>> {
  if (address.startsWith('/')) return ok(await connects(address, context.cancelled));
  const { clock } = context.ports;
  const asked = await httpGet(address, {
    ...{ clock, cancelled: context.cancelled, timeoutMs, maxBytes: 4096, environment },
  });
  if (!asked.ok) return ok(asked.problem.cause ?? problemText(asked.problem));
  const { status } = asked.value;
  return ok(status >= 500 ? `HTTP ${status}` : null);
}

/** unix(7). What is said there is its own business: the connection is closed at once. */
function connects(path: string, cancelled: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    const asking = request({ socketPath: path, signal: cancelled, timeout: timeoutMs });
    const end = (why: string | null) => {
      resolve(why);
      asking.destroy();
    };
    asking.on('socket', (socket) => {
      if (!socket.connecting) end(null);
      socket.once('connect', () => end(null));
    });
    asking.on('timeout', () => end('no answer'));
    asking.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}
