/** What is one client's: its processes, and the configuration that they put in force. */

import type { ProcessRaw } from '../sample.ts';

export interface ClientGroup {
  readonly process: ProcessRaw;
  readonly tool: string;
  /** The client first, then everything below it that is no build. */
  readonly processes: readonly ProcessRaw[];
  readonly activation: ActivationGroup | null;
}

export interface ActivationGroup {
  /** The outermost of it. */
  readonly process: ProcessRaw;
  /** `switch`, `test`, `boot`, `dry-activate`, `check`; null while no command line tells it. */
  readonly action: string | null;
  /** The unit that runs it apart from the rebuild. */
  readonly unit: string | null;
  /** The outermost first. */
  readonly processes: readonly ProcessRaw[];
}
