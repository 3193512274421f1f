/** A signal port that keeps what was sent; what becomes of the process is said by the test. */
import type { ProcessIdentity } from '../../src/model/identity.ts';
import type { SignalName } from '../../src/model/intent.ts';
import { ok, type Result } from '../../src/model/problem.ts';
import type { Signals } from '../../src/platform/ports.ts';

export interface FakeSignals extends Signals {
  readonly sent: readonly { readonly process: ProcessIdentity; readonly signal: SignalName }[];
  /** Called for each signal: may end processes, or answer with a problem. */
  onSend: (process: ProcessIdentity, signal: SignalName) => Result<void>;
  /** Pids that got the signal, in order. */
  pids(signal: SignalName): readonly number[];
}

export function createFakeSignals(onSend: FakeSignals['onSend'] = () => ok(undefined)): FakeSignals {
  const sent: { process: ProcessIdentity; signal: SignalName }[] = [];
  return {
    exact: true,
    rehearse: async () => {},
    sent,
    onSend,
    send({ pid, startTime }, signal) {
      sent.push({ process: { pid, startTime }, signal });
      return this.onSend({ pid, startTime }, signal);
    },
    pids: (signal) => sent.filter((one) => one.signal === signal).map((one) => one.process.pid),
  };
}
