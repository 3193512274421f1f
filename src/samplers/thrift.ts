/** Whether samplers are to spare the machine: details wait, what tells of danger does not. */

export interface Thrift {
  /** Set by whoever sees that the machine is short of memory, or that we are late. */
  readonly on: boolean;
}

export const lavish: Thrift = { on: false };
