/** The machine's Nix is one: test runs that use it take turns. */
import { createServer } from 'node:net';
import { newest } from '../support/lab.ts';
import { pause } from './wait.ts';

/**
 * An abstract socket (unix(7)): whoever listens has the turn, and loses it with its process. The newest
 * Nix is that of the namespaces alone.
 */
const name = `\0nixpulse-lab${newest ? process.env.NIXPULSE_NEWEST : ''}`;
const retryMs = 500;

/** Resolves when it is our turn, with the end of it. */
export async function takeTurn(): Promise<() => void> {
  for (;;) {
    const server = createServer();
    const taken = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(name, () => resolve(true));
    });
    if (taken) {
      server.unref();
      return () => void server.close();
    }
    await pause(retryMs);
  }
}
