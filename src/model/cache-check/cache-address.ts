/** Whether two addresses are one cache: with or without its usual port, a slash at the end, or settings behind `?`. */
import { withoutLogin } from './without-login.ts';

export function sameCache(one: string, other: string): boolean {
  return bareAddress(one) === bareAddress(other);
}

/** `HTTPS://Nas:443/x/?priority=1` is `https://nas/x`. */
export function bareAddress(address: string): string {
  const bare = withoutLogin(address)
    .replace(/[?#].*$/, '')
    .replace(/\/+$/, '');
  const parts = /^(?<scheme>[a-z0-9+.-]+):\/\/(?:[^/@]*@)?(?<host>[^/]*)(?<path>.*)$/i.exec(bare)?.groups;
  if (parts === undefined) return bare;
  const scheme = (parts['scheme'] ?? '').toLowerCase();
  const port = { http: ':80', https: ':443' }[scheme];
  const host = (parts['host'] ?? '').toLowerCase();
  const named = port !== undefined && host.endsWith(port) ? host.slice(0, -port.length) : host;
  return `${scheme}://${named}${parts['path']}`;
}

/** What ssh said about an address, which it names without a scheme: without the login that is in it. */
export function withoutLoginOf(said: string, address: string): string {
  const login = /^[a-z0-9+.-]+:\/\/([^/@]+@)/i.exec(address)?.[1];
  return login === undefined ? said : said.replaceAll(login, '');
}
