/** A binary cache over HTTP as bad as a test wants it, and what it really sent. */

import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { join, normalize } from 'node:path';
import { onTestFinished } from 'vitest';

export interface SlowCache {
  readonly url: string;
  /** Of the nars. */
  readonly sentBytes: number;
  /** Size of the nar that was asked for last. */
  readonly narBytes: number;
}

export interface NarDamage {
  /** The connection is cut after so many bytes, each time anew. */
  readonly cutAt?: number;
  /** A bit of this byte is another one. */
  readonly flipAt?: number;
}

const stepMs = 50;

/** Serves a `file://` cache, so many bytes a second of each nar; ends with the test. */
export async function serveSlowly(
  directory: string,
  bytesPerSec: number,
  { cutAt = Number.POSITIVE_INFINITY, flipAt }: NarDamage = {},
): Promise<SlowCache> {
  let sentBytes = 0;
  let narBytes = 0;
  const stepBytes = Math.ceil((bytesPerSec * stepMs) / 1000);
  const server = createServer((request, response) => {
    const path = join(directory, normalize(request.url ?? '/'));
    if (!existsSync(path)) {
      response.writeHead(404).end();
      return;
    }
    const body = readFileSync(path);
    if (flipAt !== undefined && path.includes('/nar/')) body.writeUInt8(body.readUInt8(flipAt) ^ 1, flipAt);
    response.writeHead(200, { 'content-length': body.length });
    if (!path.includes('/nar/')) {
      response.end(body);
      return;
    }
    narBytes = body.length;
    let sent = 0;
    const timer = setInterval(() => {
      const piece = body.subarray(sent, sent + stepBytes);
      response.write(piece);
      sent += piece.length;
      sentBytes += piece.length;
      if (sent >= cutAt) response.destroy();
      if (sent < body.length) return;
      clearInterval(timer);
      response.end();
    }, stepMs);
    response.on('close', () => clearInterval(timer));
  });
  return {
    url: await listening(server),
    get sentBytes() {
      return sentBytes;
    },
    get narBytes() {
      return narBytes;
    },
  };
}

/** Answers everything with a status; one that has nothing (404) says that it is a cache. */
export async function serveStatus(status: 404 | 500): Promise<string> {
  const server = createServer((request, response) => {
    if (status === 404 && request.url === '/nix-cache-info') response.end('StoreDir: /nix/store\n');
    else response.writeHead(status).end();
  });
  return listening(server);
}

/** Takes connections, reads, and never says anything. */
export async function serveNothing(): Promise<string> {
  const sockets: Socket[] = [];
  const url = await listening(
    createTcpServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {}).resume();
    }),
  );
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  return url;
}

/** An address at which nobody listens: that of a server that has just ended. */
export async function addressOfNobody(): Promise<string> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
