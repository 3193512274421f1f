/** Where metrics are given out: an address, a file, or both; opened before anything else, refused in one line. */
import { resolve } from 'node:path';
import { type ListenAddress, listenAddressText } from '../../base/listen-address.ts';
import type { Problem } from '../../base/problem.ts';
import { createOwnFiles } from '../../platform/own-files.ts';
import { type Page, serveText } from '../../platform/serve-text.ts';
import type { Given } from '../mode.ts';
import type { Exporting } from './exporting.ts';
import { createMetricsFile, type MetricsFile, whyNot } from './metrics-file.ts';

/** This machine only. The range that exporters share, 9100 to 9999, is full. */
const usualAddress: ListenAddress = { host: '127.0.0.1', port: 19_977 };
const usualEverySec = 15;

export interface Outlets {
  readonly ok: true;
  /** As a person or Prometheus finds them. */
  readonly places: readonly string[];
  /** Null: nothing listens. */
  readonly host: string | null;
  /** Null: there is no file. */
  fileFailures(): number | null;
  /** With each look. */
  looked(): void;
  close(): Promise<void>;
}
export interface Refused {
  readonly ok: false;
  readonly line: string;
  readonly exitCode: 1 | 3;
}

export async function openOutlets(given: Given, exporting: Exporting): Promise<Outlets | Refused> {
  const { textfile, listen } = given.invocation;
  const path = textfile === null ? null : resolve(textfile);
  const file = path === null ? null : metricsFileOf(given, path, exporting);
  const problem = (await file?.begin()) ?? null;
  // A disk that is only slow now may answer later.
  if (path !== null && problem !== null && problem.kind !== 'timeout') return refusedFile(path, problem);
  const address = listen ?? (file === null ? usualAddress : null);
  if (address === null) return outletsOf(file, path, null);
  const page = pagesOf(exporting, given.version);
  const served = await serveText({ ...address, page });
  if (!served.ok) {
    await file?.end();
    return refusedAddress(address, served.problem);
  }
  const { port, close } = served.value;
  return outletsOf(file, path, { address: { ...address, port }, close });
}

function metricsFileOf(
  { invocation, ports, complain, countPending }: Given,
  path: string,
  exporting: Exporting,
) {
  // Its own, so that a disk that hangs is known to be this file's.
  const ownFiles = createOwnFiles({ clock: ports.clock });
  countPending(() => ownFiles.pending);
  return createMetricsFile({
    ...{ path, ownFiles, clock: ports.clock, text: exporting.text },
    everyMs: (invocation.fileEvery ?? usualEverySec) * 1000,
    onTrouble: (why) =>
      complain(why === null ? `${path} is written again` : `${path} cannot be written: ${why}`),
  });
}

function outletsOf(
  file: MetricsFile | null,
  path: string | null,
  server: { readonly address: ListenAddress; readonly close: () => Promise<void> } | null,
): Outlets {
  return {
    ok: true,
    places: [
      ...(server === null ? [] : [`http://${listenAddressText(server.address)}/metrics`]),
      ...(path === null ? [] : [path]),
    ],
    host: server?.address.host ?? null,
    fileFailures: () => file?.failures ?? null,
    looked: () => file?.looked(),
    async close() {
      await server?.close();
      await file?.end();
    },
  };
}

const plain = 'text/plain; charset=utf-8';
/** prometheus.io, exposition formats. */
const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

function pagesOf(exporting: Exporting, version: string): (path: string) => Page | null {
  return (path) => {
    if (path === '/') return { status: 200, type: plain, body: `nixpulse ${version}: /metrics\n` };
    if (path !== '/metrics') return null;
    if (!exporting.has) return { status: 503, type: plain, body: 'nothing was looked at yet\n' };
    return { status: 200, type: metricsType, body: exporting.text() };
  };
}

function refusedFile(path: string, problem: Problem): Refused {
  const denied = problem.kind === 'denied' && problem.cause === undefined;
  const who = denied ? ': it takes root, or who may write into its directory' : '';
  return { ok: false, exitCode: denied ? 3 : 1, line: `${path} cannot be written: ${whyNot(problem)}${who}` };
}

const addressWords: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something listens there already, maybe another nixpulse export; choose another --listen',
  EADDRNOTAVAIL: 'no such address on this machine',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'no such host, or no name server answers',
};

function refusedAddress(address: ListenAddress, { kind, cause = kind }: Problem): Refused {
  const where = `cannot listen on ${listenAddressText(address)}`;
  if (kind !== 'denied') return { ok: false, exitCode: 1, line: `${where}: ${addressWords[cause] ?? cause}` };
  const low = 'ports below 1024 take CAP_NET_BIND_SERVICE or root; choose a higher one';
  return { ok: false, exitCode: 3, line: `${where}: ${address.port < 1024 ? low : 'not permitted'}` };
}
