/** Names of generation links: `system-42-link` beside the profile's own link `system` (Nix manual, "Profiles"). */

/** Number in `<profile>-<N>-link`; null for every other name. */
export function parseGenerationLink(fileName: string, profileName: string): number | null {
  if (!fileName.startsWith(`${profileName}-`)) return null;
  const digits = /^([1-9]\d{0,14})-link$/.exec(fileName.slice(profileName.length + 1))?.[1];
  return digits === undefined ? null : Number(digits);
}

/** `system-42-link`, or absolute: what the link `system` says. */
export function parseDefaultLink(target: string, profilePath: string): number | null {
  const slash = profilePath.lastIndexOf('/');
  const [folder, name] = [profilePath.slice(0, slash), profilePath.slice(slash + 1)];
  const own = target.startsWith(`${folder}/`) ? target.slice(folder.length + 1) : target;
  return own.includes('/') ? null : parseGenerationLink(own, name);
}
