/** The streams as a source of the sampling loop: what they brought since the last tick. */
import type { Model } from '../model/model.ts';
import type { LogsRaw, StreamRaw } from '../model/rebuild/followed.ts';
import type { Clock } from '../platform/ports.ts';
import type { Source } from '../samplers/source.ts';
import type { Follower } from './follower.ts';

export interface LogsSource extends Source {
  /** Follows one more stream, until the source is closed. */
  add(follower: Follower): void;
}

/** What is read beside the streams, of what they name. */
export interface LogFacts {
  /** What has become known since the last call; `streams`: what they have just brought. */
  take(streams: readonly StreamRaw[]): Omit<LogsRaw, 'streams'>;
  /** What a look has led to. */
  looked?(model: Model): void;
  /** Begins to write what is not written yet. */
  close?(): void;
}

export function createLogsSource(clock: Clock, facts: LogFacts = { take: () => ({}) }): LogsSource {
  const followers: Follower[] = [];
  return {
    id: 'logs',
    add: (follower) => void followers.push(follower),
    sample() {
      const streams = followers.flatMap((follower) => follower.take() ?? []);
      const more: Omit<LogsRaw, 'streams'> = Object.assign(
        {},
        facts.take(streams),
        ...followers.map((follower) => follower.facts?.()),
      );
      if (streams.length === 0 && Object.keys(more).length === 0) return {};
      return { logs: { ok: true, value: { streams, ...more }, atMs: clock.monotonic() } };
    },
    looked(model) {
      facts.looked?.(model);
      for (const follower of followers) follower.looked?.(model);
    },
    close() {
      for (const follower of followers) follower.close();
      facts.close?.();
    },
  };
}
