/** How Prometheus is asked: at which address, and by which files it is known and we are. */
import { fail, ok, type Result } from '../../base/problem.ts';
import { deriveFleet } from '../../model/fleet/derive-fleet.ts';
import type { Fleet } from '../../model/fleet/machine.ts';
import { tokenAuthorization, userAuthorization } from '../../parse/credentials.ts';
import { certificatesOf } from '../../probes/certificates.ts';
import { askPrometheus } from '../../probes/prometheus.ts';
import type { Given } from '../mode.ts';

export interface Asking {
  ask(cancelled: AbortSignal): Promise<Result<Fleet>>;
  /** `mon:9090`. */
  readonly where: string;
  /** Without a name and a password. */
  readonly shownUrl: string;
}

const mostSecret = 64 << 10;
const mostCertificates = 4 << 20;

/** A file that cannot be used is told of before anybody is asked; later it is read again, for tokens are renewed. */
export async function prepareAsking(given: Given): Promise<Result<Asking>> {
  const { invocation, ports, environment } = given;
  const { prometheus, caFile } = invocation;
  const shown = new URL(prometheus ?? '');
  shown.username = '';
  shown.password = '';
  const certificates =
    caFile === null
      ? { ok: true as const, value: await certificatesOf(environment, ports.ownFiles) }
      : await readFile(given, caFile, mostCertificates);
  if (!certificates.ok) return certificates;
  if (caFile !== null && !certificates.value?.includes('-----BEGIN CERTIFICATE-----'))
    return fail('malformed', caFile, 'it holds no certificate (PEM)');
  const first = await authorizationOf(given);
  if (!first.ok) return first;

  return ok({
    where: shown.host,
    shownUrl: shown.href,
    async ask(cancelled) {
      const authorization = await authorizationOf(given);
      if (!authorization.ok) return authorization;
      const asked = await askPrometheus(prometheus ?? '', {
        ...{ clock: ports.clock, cancelled, environment },
        ...{ certificates: certificates.value, authorization: authorization.value },
      });
      return asked.ok ? ok(deriveFleet(asked.value)) : asked;
    },
  });
}

async function authorizationOf(given: Given): Promise<Result<string | null>> {
  const { tokenFile, userFile } = given.invocation;
  const path = tokenFile ?? userFile;
  if (path === null) return ok(null);
  const text = await readFile(given, path, mostSecret);
  if (!text.ok) return text;
  return tokenFile === null
    ? userAuthorization(text.value, path, (words) => Buffer.from(words).toString('base64'))
    : tokenAuthorization(text.value, path);
}

async function readFile({ ports }: Given, path: string, maxBytes: number): Promise<Result<string>> {
  const text = await ports.ownFiles.read(path, { maxBytes });
  if (text.ok) return text;
  const { problem } = text;
  const cause = { gone: 'no such file', denied: 'not permitted to read it' } as Readonly<
    Record<string, string>
  >;
  return fail(problem.kind, path, cause[problem.kind] ?? problem.cause);
}
