/** netrc(5) as curl reads it: who one is at which machine. Nix takes it for caches (`netrc-file` of nix.conf). */

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** The first that fits: `machine HOST login USER password SECRET`, or `default`. Null: none does. */
export function loginFor(text: string, host: string): Login | null {
  const words = text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .flatMap((line) => line.match(/"(?:\\.|[^"\\])*"|\S+/g) ?? [])
    .map((word) => (word.startsWith('"') ? word.slice(1, -1).replace(/\\(.)/g, '$1') : word));
  let [isMeant, isFound, user, password] = [false, false, '', ''];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    if (word === 'machine' || word === 'default') {
      if (isFound) break;
      if (word === 'machine') at += 1;
      isMeant = word === 'default' || words[at] === host;
      isFound = isMeant;
    } else if (isMeant && word === 'login') user = words[++at] ?? '';
    else if (isMeant && word === 'password') password = words[++at] ?? '';
    // Commands of ftp(1), up to an empty line, which nobody writes for a cache.
    else if (word === 'account' || word === 'macdef') at += 1;
  }
  return isFound ? { user, password } : null;
}
