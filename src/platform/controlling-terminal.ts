/** Whether a terminal controls this process: it is what /dev/tty opens (tty(4)). */
import { closeSync, constants, openSync } from 'node:fs';

const { O_RDONLY, O_NOCTTY, O_NONBLOCK } = constants;

/** Waits for nothing. Where it cannot be told there is none. */
export function hasControllingTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', O_RDONLY | O_NOCTTY | O_NONBLOCK));
    return true;
  } catch {
    return false;
  }
}
