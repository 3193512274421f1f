/** A signal port that keeps what was sent; what becomes of the process is said by the test. */
import type { ProcessIdentity } from '../../src/base/identity.ts';
import { fail, ok, type Result } from '../../src/base/problem.ts';
import type { SignalName } from '../../src/model/intents/intent.ts';
import type { CgroupOrder, Signals } from '../../src/platform/ports.ts';

export interface FakeSignals extends Signals {
  readonly sent: readonly { readonly process: ProcessIdentity; readonly signal: SignalName }[];
  /** Groups are unsupported unless this answers. */
  onSendGroup: (leader: ProcessIdentity, signal: SignalName) => Result<void>;
  readonly cgroupOrders: readonly { readonly directory: string; readonly order: CgroupOrder }[];
  onControlCgroup: (directory: string, order: CgroupOrder) => Result<void>;
  /** Called for each signal: may end processes, or answer with a problem. */
  onSend: (process: ProcessIdentity, signal: SignalName) => Result<void>;
  /** Pids that got the signal, in order. */
  pids(signal: SignalName): readonly number[];
}

export function createFakeSignals(onSend: FakeSignals['onSend'] = () => ok(undefined)): FakeSignals {
  const cgroupOrders: { directory: string; order: CgroupOrder }[] = [];
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
    onSendGroup: ({ pid }) => fail('unsupported', `process ${pid}`),
    sendGroup({ pid, startTime }, signal) {
      return this.onSendGroup({ pid, startTime }, signal);
    },
    cgroupOrders,
    onControlCgroup: (directory) => fail('unsupported', directory),
    controlCgroup(directory, order) {
      cgroupOrders.push({ directory, order });
      return this.onControlCgroup(directory, order);
    },
    pids: (signal) => sent.filter((one) => one.signal === signal).map((one) => one.process.pid),
  };
}
