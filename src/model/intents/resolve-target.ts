/** Which build or client a person means by a word: a derivation's name, a build user, a PID. */
import type { Build, Client, Model } from '../model.ts';

export type Resolved<T> =
  | { readonly kind: 'one'; readonly value: T }
  | { readonly kind: 'none' }
  /** More than one would do: nobody is chosen. */
  | { readonly kind: 'many'; readonly candidates: readonly T[] };

type Builds = Pick<Model, 'builds'>;

/** A PID of any process of it, its user, its exact name, its pname, the beginning of its name: in this order. */
export function resolveBuild(word: string, { builds }: Builds): Resolved<Build> {
  if (/^\d+$/.test(word)) {
    const pid = Number(word);
    return oneOf(builds.filter((build) => build.pid === pid || build.tree.some((one) => one.pid === pid)));
  }
  const tries: readonly ((build: Build) => boolean)[] = [
    ({ user }) => user === word,
    ({ name }) => name === word,
    ({ pname }) => pname === word,
    ({ name }) => word !== '' && name?.startsWith(word) === true,
  ];
  for (const fits of tries) {
    const found = oneOf(builds.filter(fits));
    if (found.kind !== 'none') return found;
  }
  return { kind: 'none' };
}

/** What is to be cancelled: a client, or a build that has none any more. */
export type Cancelled =
  | { readonly client: Client; readonly orphan: null }
  | { readonly client: null; readonly orphan: Build };

/** A PID of the client or of one of its processes; else the client of the build that is meant. */
export function resolveClient(word: string, model: Pick<Model, 'builds' | 'clients'>): Resolved<Cancelled> {
  const { clients } = model;
  if (/^\d+$/.test(word)) {
    const pid = Number(word);
    const found = clients.filter((one) => one.pid === pid || one.processes.some((p) => p.pid === pid));
    if (found.length > 0) return oneOf(found.map((client): Cancelled => ({ client, orphan: null })));
  }
  const build = resolveBuild(word, model);
  const builds = build.kind === 'one' ? [build.value] : build.kind === 'many' ? build.candidates : [];
  const meant = new Map<Client | Build, Cancelled>();
  for (const one of builds) {
    const client = clients.find(({ pid }) => pid === one.clientPid);
    if (client === undefined) meant.set(one, { client: null, orphan: one });
    else meant.set(client, { client, orphan: null });
  }
  // Two builds of one client mean the same.
  return oneOf([...meant.values()]);
}

function oneOf<T>(found: readonly T[]): Resolved<T> {
  const [first] = found;
  if (first === undefined) return { kind: 'none' };
  return found.length === 1 ? { kind: 'one', value: first } : { kind: 'many', candidates: found };
}
