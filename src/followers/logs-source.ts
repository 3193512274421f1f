/** The streams as a source of the sampling loop: what they brought since the last tick. */
import type { LogsRaw } from '../model/rebuild/followed.ts';
import type { Clock } from '../platform/ports.ts';
import type { Source } from '../samplers/source.ts';
import type { Follower } from './follower.ts';

export interface LogsSource extends Source {
  /** Follows one more stream, until the source is closed. */
  add(follower: Follower): void;
}

/** `facts`: what is read beside the streams, of what they name. */
export function createLogsSource(
  clock: Clock,
  facts: () => Omit<LogsRaw, 'streams'> = () => ({}),
): LogsSource {
  const followers: Follower[] = [];
  return {
    id: 'logs',
    add: (follower) => void followers.push(follower),
    sample() {
      const streams = followers.flatMap((follower) => follower.take() ?? []);
      const more = Object.assign({}, facts(), ...followers.map((follower) => follower.facts?.()));
      if (streams.length === 0 && Object.keys(more).length === 0) return {};
      return { logs: { ok: true, value: { streams, ...more }, atMs: clock.monotonic() } };
    },
    close() {
      for (const follower of followers) follower.close();
    },
  };
}
