/** What a bundle needs to know before it begins: places, names that are aliased, values that must not be in it. */
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { orNull } from '../../base/problem.ts';
import type { GatherFacts } from '../../bundle/source.ts';
import type { Names } from '../../redact/aliases.ts';
import { isSecretVariable } from '../../redact/names.ts';
import type { Redactor } from '../../redact/redactor.ts';
import { stateDirectory } from '../environment.ts';
import type { Given } from '../mode.ts';

const deadlineMs = 700;

export function factsOf({ invocation, environment, ports }: Given, cwd: string): GatherFacts {
  const { flake, wholeLogs } = invocation;
  const named = flake === null ? null : (flake.split(/[#?]/)[0] ?? '');
  const isPath = named !== null && !/^(?!path:)[a-z][a-z0-9+]*:/.test(named);
  return {
    startedMs: ports.clock.now(),
    stateDirectory: stateDirectory(environment),
    home: environment['HOME'] ?? '/',
    environment,
    flakes: [...(isPath ? [resolve(cwd, named.replace(/^path:/, ''))] : []), '/etc/nixos', cwd],
    wholeLogs,
  };
}

export function memoryDirectories({ environment, ports }: Given): readonly string[] {
  const { uid } = ports.native;
  const runtime = environment['XDG_RUNTIME_DIR'];
  return [
    ...(uid === 0 ? ['/run'] : []),
    ...(runtime?.startsWith('/') ? [runtime] : []),
    `/run/user/${uid}`,
    '/dev/shm',
    '/tmp',
  ];
}

export async function namesOf({ ports, environment }: Given): Promise<Names> {
  const { files } = ports;
  const read = (path: string) => files.readSlow(path, { deadlineMs });
  const [passwd, machines, name, domain] = await Promise.all(
    ['/etc/passwd', '/etc/nix/machines', '/etc/hostname', '/proc/sys/kernel/domainname'].map(read),
  );
  const users = (passwd === undefined ? '' : (orNull(passwd) ?? '')).split('\n').flatMap((line) => {
    const [user = '', , uid] = line.split(':');
    return Number(uid) >= 1000 && Number(uid) < 60_000 ? [user] : [];
  });
  const more = [
    environment['USER'],
    environment['LOGNAME'],
    environment['SUDO_USER'],
    environment['DOAS_USER'],
  ];
  const own = files.live ? hostname() : '';
  const domainName = domain === undefined ? '' : (orNull(domain) ?? '').trim();
  const builders = (machines === undefined ? '' : (orNull(machines) ?? '')).split('\n').flatMap(buildersIn);
  return {
    hosts: [
      ...(domainName === '' || domainName === '(none)' ? [] : [`${own}.${domainName}`]),
      own,
      (name === undefined ? '' : (orNull(name) ?? '')).trim(),
      ...builders.map(({ host }) => host),
    ].filter((one) => one !== ''),
    users: [...users, ...more, ...builders.map(({ user }) => user)].filter(
      (one): one is string => one !== undefined && one !== '',
    ),
  };
}

/** `ssh-ng://me@builder.example.org x86_64-linux …` of nix.conf(5), `builders`. */
function buildersIn(line: string): readonly { readonly host: string; readonly user: string | undefined }[] {
  const [, user, host] = /^\s*(?:ssh(?:-ng)?:\/\/)?(?:([^@\s#]+)@)?([A-Za-z0-9._-]+)/.exec(line) ?? [];
  return host === undefined ? [] : [{ host, user }];
}

/** They may stand anywhere: a script may have printed them. */
export function knowSecrets(redactor: Redactor, environment: Given['environment']): void {
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && isSecretVariable(name)) redactor.know(value);
  }
}
