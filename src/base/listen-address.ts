/** Where a server listens: `127.0.0.1:19977`, `[::1]:19977`, `localhost:19977`; a port alone is on this machine. */

export interface ListenAddress {
  readonly host: string;
  /** 0: whichever is free. */
  readonly port: number;
}

const thisMachine = '127.0.0.1';

/** Null: it is none. */
export function parseListenAddress(text: string): ListenAddress | null {
  const [, bracketed, plain, digits = ''] =
    /^(?:\[([\da-fA-F:.]+)\]:|([\w.-]+):)?(\d{1,5})$/.exec(text) ?? [];
  const port = digits === '' ? Number.NaN : Number(digits);
  return port <= 65_535 ? { host: bracketed ?? plain ?? thisMachine, port } : null;
}

export function listenAddressText({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Nobody from another machine gets there. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
