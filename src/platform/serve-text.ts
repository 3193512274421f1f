/**
 * A small HTTP server for pages that are there already: one request a connection, each bounded in time and size, so that
 * slow or many clients cost little and nobody else waits.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fail, ok, type Result } from '../base/problem.ts';

export interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
}

export interface TextServer {
  readonly port: number;
  /** Ends the connections too. */
  close(): Promise<void>;
}

export interface ServeOptions {
  readonly host: string;
  /** 0: whichever is free. */
  readonly port: number;
  /** By the path alone, without a query; null: there is no such page. */
  readonly page: (path: string) => Page | null;
  /** No connection lives longer, whatever its client does. Default: 10 s. */
  readonly connectionMs?: number;
}

const mostConnections = 64;
const mostHeaderBytes = 8192;
const plain = 'text/plain; charset=utf-8';

/** `denied`, or `malformed` with the name of the error (`EADDRINUSE`, `EADDRNOTAVAIL`, `ENOTFOUND`) as its cause. */
export function serveText(options: ServeOptions): Promise<Result<TextServer>> {
  const { host, port, page, connectionMs = 10_000 } = options;
  const server = createServer({ maxHeaderSize: mostHeaderBytes, keepAlive: false }, (request, response) => {
    response.shouldKeepAlive = false;
    const { method = '', url = '/' } = request;
    // Whatever is sent along is not waited for.
    if (method !== 'GET' && method !== 'HEAD')
      return send(response, method, { status: 405, type: plain, body: 'only GET\n' });
    const found = page(url.split('?')[0] ?? '/');
    send(response, method, found ?? { status: 404, type: plain, body: 'no such page\n' });
  });
  server.maxConnections = mostConnections;
  server.on('connection', (socket) => {
    const timer = setTimeout(() => socket.destroy(), connectionMs).unref();
    socket.once('close', () => clearTimeout(timer));
  });
  return new Promise((resolve) => {
    server.once('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => {
      const denied = code === 'EACCES' || code === 'EPERM';
      resolve(denied ? fail('denied', host) : fail('malformed', host, code));
    });
    server.listen({ host, port, exclusive: true }, () => {
      server.removeAllListeners('error');
      // A file descriptor that is missing now is there again later.
      server.on('error', () => {});
      resolve(
        ok({
          port: (server.address() as AddressInfo).port,
          close: () =>
            new Promise((closed) => {
              server.close(() => closed());
              server.closeAllConnections();
            }),
        }),
      );
    });
  });
}

function send(response: ServerResponse, method: string, { status, type, body }: Page): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  response.writeHead(status, {
    'content-type': type,
    'content-length': bytes.byteLength,
    'x-content-type-options': 'nosniff',
    ...(status === 405 && { allow: 'GET, HEAD' }),
  });
  response.end(method === 'HEAD' ? undefined : bytes);
}
