/**
 * One GET over HTTP(S), bounded in time and bytes: through the proxies of the environment, as curl in Nix takes them
 * (http_proxy, https_proxy, all_proxy, no_proxy; no SOCKS), and along redirects.
 */
import { type ClientRequest, type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { percentDecoded } from '../base/percent.ts';
import { fail, ok, type Problem, type Result } from '../base/problem.ts';
import { oneLine } from '../base/text.ts';
import type { Clock } from '../platform/ports.ts';

export interface HttpOptions {
  readonly clock: Clock;
  readonly cancelled: AbortSignal;
  /** Until it has answered, each redirect anew. */
  readonly timeoutMs: number;
  /** Of reading the body; what has come until then counts. */
  readonly bodyMs?: number;
  /** The rest of the body is not read. */
  readonly maxBytes: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Headers for the address alone: a redirect to another origin does not get them. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Who one is at which machine (netrc(5)), where the address does not say; asked at each redirect. */
  readonly loginAt?: (host: string) => { readonly user: string; readonly password: string } | null;
  /** Certificates that are trusted, PEM; without them Node's own. */
  readonly certificates?: string | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: Uint8Array;
  /** Why the body is not all of it: it was more than `maxBytes`, it took too long, or they closed. */
  readonly cut: 'bytes' | 'time' | 'closed' | null;
  /** Until the status had come, redirects counted in. */
  readonly answerSec: number;
  readonly bodySec: number;
}

type Socket = IncomingMessage['socket'];

const mostRedirects = 5;

/** `timeout` where nothing came, `gone` where nobody answers, `unsupported` of other addresses. Never rejects. */
export async function httpGet(address: string, options: HttpOptions): Promise<Result<HttpAnswer>> {
  const { clock } = options;
  const startedMs = clock.monotonic();
  let url = address;
  let { secrets = {} } = options;
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    const parsed = parseUrl(url);
    if (parsed === null) return fail('unsupported', address, 'that is no address: its host or port is wrong');
    if (!/^https?:$/.test(parsed.protocol)) return fail('unsupported', address, 'neither http nor https');
    const asked = await ask(parsed, { ...options, headers: { ...options.headers, ...secrets } });
    if (!asked.ok) return asked;
    const { response, end } = asked.value;
    const { statusCode: status = 0, headers } = response;
    if (status >= 300 && status < 400 && headers.location !== undefined) {
      end();
      url = parseUrl(headers.location, parsed.href)?.href ?? '';
      // What one host is told to know us by is no business of another's.
      if (parseUrl(url)?.origin !== parsed.origin) secrets = {};
      continue;
    }
    const answeredMs = clock.monotonic();
    const { body, cut } = await readBody(response, options);
    end();
    const seconds = (from: number, to: number) => (to - from) / 1000;
    return ok({
      ...{ status, body, cut },
      answerSec: seconds(startedMs, answeredMs),
      bodySec: seconds(answeredMs, clock.monotonic()),
    });
  }
  return fail('malformed', address, `more than ${mostRedirects} redirects`);
}

interface Asked {
  readonly response: IncomingMessage;
  /** Closes all of it. */
  end(): void;
}

async function ask(url: URL, options: HttpOptions): Promise<Result<Asked>> {
  const secure = url.protocol === 'https:';
  const proxy = proxyOf(url, options.environment);
  const headers = { ...options.headers, 'user-agent': 'nixpulse', host: url.host };
  const { username, password } = url;
  const login =
    username === ''
      ? (options.loginAt?.(hostOf(url)) ?? null)
      : { user: percentDecoded(username), password: percentDecoded(password) };
  const auth = login === null ? {} : { auth: `${login.user}:${login.password}` };
  const path = `${url.pathname}${url.search}`;
  const common = { method: 'GET', headers, agent: false, ...auth } as const;
  if (!secure) {
    const to = proxy ?? url;
    return send(
      url,
      requestPlain({
        ...common,
        host: hostOf(to),
        port: portOf(to),
        path: proxy === null ? path : `http://${url.host}${path}`,
        headers: { ...headers, ...proxyAuthorization(proxy) },
      }),
      options,
      to,
    );
  }
  let tunnel: Socket | null = null;
  if (proxy !== null) {
    const opened = await connect(url, proxy, options);
    if (!opened.ok) return opened;
    tunnel = opened.value;
  }
  const { certificates } = options;
  const sent = await send(
    url,
    requestSecure({
      ...common,
      host: hostOf(url),
      port: portOf(url),
      path,
      ...(certificates === undefined ? {} : { ca: certificates }),
      // Of tls.connect(): over this connection instead of a new one.
      ...(tunnel === null ? {} : { socket: tunnel }),
    }),
    options,
  );
  if (!sent.ok) tunnel?.destroy();
  return sent;
}

/** A tunnel through the proxy. */
async function connect(url: URL, proxy: URL, options: HttpOptions): Promise<Result<Socket>> {
  const request = requestPlain({
    method: 'CONNECT',
    host: hostOf(proxy),
    port: portOf(proxy),
    path: `${hostOf(url)}:${portOf(url)}`,
    headers: { host: `${hostOf(url)}:${portOf(url)}`, ...proxyAuthorization(proxy) },
    agent: false,
  });
  const opened = await wait<Socket>(proxy, request, options, (done) => {
    request.once('connect', (response: IncomingMessage, socket: Socket) => {
      const { statusCode } = response;
      done(statusCode === 200 ? ok(socket) : fail('denied', proxy.host, `the proxy says ${statusCode}`));
    });
  });
  if (!opened.ok) request.destroy();
  return opened;
}

/** `to`: who is connected to, a proxy maybe; it is what a connection fails at. */
async function send(
  url: URL,
  request: ClientRequest,
  options: HttpOptions,
  to = url,
): Promise<Result<Asked>> {
  const listen = (done: (result: Result<IncomingMessage>) => void) =>
    request.once('response', (response: IncomingMessage) => done(ok(response)));
  const answered = await wait<IncomingMessage>(url, request, options, listen, to);
  if (!answered.ok) {
    request.destroy();
    return answered;
  }
  return ok({ response: answered.value, end: () => void request.destroy() });
}

/** Sends it, and waits for what `listen` waits for, at most for `timeoutMs`. */
function wait<T>(
  { host }: URL,
  request: ClientRequest,
  { clock, cancelled, timeoutMs }: HttpOptions,
  listen: (done: (result: Result<T>) => void) => void,
  to: { readonly host: string } = { host },
): Promise<Result<T>> {
  return new Promise((resolve) => {
    const cancelTimer = clock.after(timeoutMs, () =>
      end(fail('timeout', host, `no answer within ${timeoutMs / 1000} s`)),
    );
    const cancel = () => end(fail('timeout', host, 'cancelled'));
    function end(result: Result<T>): void {
      cancelTimer();
      cancelled.removeEventListener('abort', cancel);
      resolve(result);
    }
    // Stays: what comes after the answer is no bug of ours, either.
    request.on('error', (error) => end({ ok: false, problem: connectionProblem(error, to.host) }));
    listen(end);
    if (cancelled.aborted) return cancel();
    cancelled.addEventListener('abort', cancel, { once: true });
    request.end();
  });
}

function readBody(
  response: IncomingMessage,
  { clock, cancelled, maxBytes, bodyMs = 10_000 }: HttpOptions,
): Promise<Pick<HttpAnswer, 'body' | 'cut'>> {
  return new Promise((resolve) => {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    const late = () => end('time');
    const cancelTimer = clock.after(bodyMs, late);
    function end(cut: HttpAnswer['cut']): void {
      cancelTimer();
      cancelled.removeEventListener('abort', late);
      resolve({ body: Buffer.concat(pieces).subarray(0, maxBytes), cut });
    }
    const closed = () => end(response.complete ? null : 'closed');
    cancelled.addEventListener('abort', late, { once: true });
    response.on('data', (piece: Uint8Array) => {
      if (bytes >= maxBytes) return;
      pieces.push(piece);
      bytes += piece.length;
      if (bytes >= maxBytes) end('bytes');
    });
    response.once('end', closed).once('close', closed).on('error', closed);
  });
}

/** Null of what is none. */
function parseUrl(text: string, base?: string): URL | null {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

function portOf({ port, protocol }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

/** curl(1), ENVIRONMENT: `HTTP_PROXY` in capitals is not taken, since a CGI server may set it. */
export function proxyOf(url: URL, environment: HttpOptions['environment']): URL | null {
  const of = (name: string) => environment[name] || environment[name.toUpperCase()];
  const named =
    (url.protocol === 'https:' ? of('https_proxy') : environment.http_proxy) || of('all_proxy') || '';
  if (named === '') return null;
  const host = hostOf(url);
  for (const one of (of('no_proxy') ?? '').split(/[ ,]+/)) {
    const suffix = one.replace(/^\*?\./, '');
    if (one === '*' || (suffix !== '' && (host === suffix || host.endsWith(`.${suffix}`)))) return null;
  }
  const proxy = parseUrl(named.includes('://') ? named : `http://${named}`);
  return proxy?.protocol === 'http:' ? proxy : null;
}

function proxyAuthorization(proxy: URL | null): Readonly<Record<string, string>> {
  if (proxy === null || proxy.username === '') return {};
  const words = `${percentDecoded(proxy.username)}:${percentDecoded(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(words).toString('base64')}` };
}

/** What Node says of connections, names and certificates; any may come, and none is a bug of ours. */
export function connectionProblem(error: Error, host: string): Problem {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const kind = code === 'ETIMEDOUT' ? 'timeout' : 'gone';
  // OpenSSL ends its line, and says it with its own file and line.
  const cause = connectionErrors[code]?.(host) ?? oneLine(error.message || code).slice(0, 200);
  return { kind, where: host, cause };
}

function noTls(host: string): string {
  return `${host} speaks no TLS that is spoken here (an http:// address?)`;
}

/** errno(3) and gai_strerror(3) in plain words, by the names that Node gives them. `host`: a proxy, where that was asked. */
const connectionErrors: Readonly<Record<string, (host: string) => string>> = {
  ENOTFOUND: (host) => `the name ${host} cannot be resolved`,
  EAI_AGAIN: (host) => `no name server answers for ${host}`,
  ECONNREFUSED: (host) => `${host} refuses the connection`,
  ECONNRESET: (host) => `${host} closed the connection`,
  EPIPE: (host) => `${host} closed the connection`,
  ETIMEDOUT: (host) => `${host} does not take the connection`,
  EPROTO: noTls,
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  EHOSTUNREACH: (host) => `there is no route to ${host}`,
  ENETUNREACH: (host) => `there is no network to ${host}`,
};
