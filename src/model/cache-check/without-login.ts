/** Texts and records of a check without the logins that addresses in them have: Nix and ssh repeat what they were given. */

const begin = '([a-z][a-z0-9+.-]*):\\/\\/';
/** A password may have a slash that nobody escaped; `:8080/` behind a host is a port. */
const login = `((?:[^\\s/?#"'<>]*|[^\\s/:@?#"'<>]*:(?!\\d{1,5}(?:[/?#]|$))[^\\s"'<>]*)@)`;
const address = new RegExp(`${begin}${login}`, 'gi');
/** There a name alone is who logs in with a key. */
const byKey = /(?:^|\+)(?:ssh|ssh-ng|sftp|git)$/i;

/** `http://ada:secret@nas` is `http://nas`, `ssh://nix:secret@box` is `ssh://nix@box`. */
export function withoutLogin(text: string): string {
  if (!text.includes('@')) return text;
  return text.replace(address, (_, scheme: string, who: string) => {
    const [name = ''] = who.slice(0, -1).split(':');
    return byKey.test(scheme) && name !== '' ? `${scheme}://${name}@` : `${scheme}://`;
  });
}

/** The same record, all of its texts so. */
export function recordWithoutLogins<Value>(value: Value): Value {
  return cleaned(value) as Value;
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return withoutLogin(value);
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, cleaned(one)]));
}
