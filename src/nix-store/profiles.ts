/** Which profiles with generations there are: the system's, and those of users as far as they can be seen. */

import { orNull } from '../base/problem.ts';
import type { ProfileTarget } from '../model/intents/intent.ts';
import type { FoundProfile } from '../model/nix-store/generations.ts';
import { parseGenerationLink } from '../parse/generation-link.ts';
import type { Files, Ports } from '../platform/ports.ts';
import { slowly } from './generation-soundness.ts';

const profiles = '/nix/var/nix/profiles';
export const systemProfile: FoundProfile = {
  target: { kind: 'system', path: `${profiles}/system` },
  user: null,
  title: 'system',
};

/** Users below this uid have no home to look into, root excepted. */
const firstUserUid = 1000;
const maxHomes = 64;

/** The system first; profiles without a generation are left out. Homes that are not ours to see are skipped. */
export async function findProfiles({ files }: Pick<Ports, 'files'>): Promise<readonly FoundProfile[]> {
  const found: FoundProfile[] = await inFolder(files, profiles, [
    ['system', 'system', null],
    ['default', 'user', 'root'],
  ]);
  for (const name of await profileNames(files, `${profiles}/system-profiles`)) {
    const path = `${profiles}/system-profiles/${name}`;
    found.push({ target: { kind: 'system', path }, user: null, title: `system profile ${name}` });
  }
  for (const user of orNull(await files.listSlow(`${profiles}/per-user`, slowly)) ?? []) {
    found.push(...(await inFolder(files, `${profiles}/per-user/${user}`, ownedBy(user))));
  }
  for (const { user, home } of await homes(files)) {
    found.push(...(await inFolder(files, `${home}/.local/state/nix/profiles`, ownedBy(user))));
  }
  return found;
}

/** What kind of profile it is, by where it was found; by its name where it was not. */
export async function profileAt(ports: Pick<Ports, 'files'>, path: string): Promise<ProfileTarget> {
  const known = (await findProfiles(ports)).find(({ target }) => target.path === path);
  if (known !== undefined) return known.target;
  const home = /(?:^|\/)home-manager$/.test(path);
  const system = path.startsWith(systemProfile.target.path);
  return { kind: home ? 'home-manager' : system ? 'system' : 'user', path };
}

type Wanted = readonly [name: string, kind: ProfileTarget['kind'], user: string | null];

function ownedBy(user: string): readonly Wanted[] {
  return [
    ['profile', 'user', user],
    ['home-manager', 'home-manager', user],
  ];
}

async function inFolder(files: Files, folder: string, wanted: readonly Wanted[]): Promise<FoundProfile[]> {
  const names = orNull(await files.listSlow(folder, slowly)) ?? [];
  return wanted
    .filter(([name]) => names.some((file) => parseGenerationLink(file, name) !== null))
    .map(([name, kind, user]) => ({
      target: { kind, path: `${folder}/${name}` },
      user,
      title: user === null ? name : `${name} of ${user}`,
    }));
}

/** Every profile of a folder: what has a generation link. */
async function profileNames(files: Files, folder: string): Promise<readonly string[]> {
  const names = orNull(await files.listSlow(folder, slowly)) ?? [];
  const found = names.map((file) => /^(.+)-[1-9]\d*-link$/.exec(file)?.[1]);
  return [...new Set(found.filter((name) => name !== undefined))].sort();
}

/** `name:x:uid:gid:gecos:home:shell` passwd(5). */
async function homes(files: Files): Promise<readonly { user: string; home: string }[]> {
  const passwd = orNull(await files.readSlow('/etc/passwd', slowly)) ?? '';
  const found = passwd.split('\n').flatMap((line) => {
    const [user, , uid, , , home] = line.split(':');
    const person = Number(uid) >= firstUserUid || uid === '0';
    return user && home?.startsWith('/') && home !== '/' && person && home !== '/var/empty'
      ? [{ user, home }]
      : [];
  });
  return found.slice(0, maxHomes);
}
