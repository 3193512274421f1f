/** What the polling hooks share: a source is read every so often while a component is mounted. */
import { useEffect } from 'react';
import { defaultIntervalMs, type SourceId } from '../src/samplers/source.ts';
import { useApp } from './app-context.ts';

export function useSource(source: SourceId, everyMs = defaultIntervalMs[source]): void {
  const { poll } = useApp();
  useEffect(() => poll(source, everyMs), [poll, source, everyMs]);
}
