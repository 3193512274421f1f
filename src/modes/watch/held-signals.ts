/** Signals to us, kept until somebody can hand them on. */

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type HeldSignal = (typeof names)[number];

export interface HeldSignals {
  /** Those that have come already are handled at once. */
  handle(handlers: Readonly<Record<HeldSignal, () => void>>): void;
  /** They do what they always do. */
  release(): void;
}

export function holdSignals(process: Pick<NodeJS.Process, 'on' | 'off'>): HeldSignals {
  const come: HeldSignal[] = [];
  let handlers: Readonly<Record<HeldSignal, () => void>> | null = null;
  const listeners = names.map((name) => {
    const listener = () => {
      if (handlers === null) come.push(name);
      else handlers[name]();
    };
    return [name, listener] as const;
  });
  for (const [name, listener] of listeners) process.on(name, listener);
  return {
    handle(now) {
      handlers = now;
      for (const name of come.splice(0)) now[name]();
    },
    release() {
      for (const [name, listener] of listeners) process.off(name, listener);
    },
  };
}
