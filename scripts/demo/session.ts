/** What the dashboard does without its screen: looks, derives, records; and acts when it is told to. */
import manifest from '../../package.json' with { type: 'json' };
import { actions } from '../../src/actions/registry.ts';
import { type DerivedSample, deriveSample } from '../../src/diagnose/derive-sample.ts';
import type { Follower } from '../../src/followers/follower.ts';
import type { Intent } from '../../src/model/intents/intent.ts';
import type { JournalEntry } from '../../src/model/intents/outcome.ts';
import type { Model, ModelEvent } from '../../src/model/model.ts';
import { trackPointOf } from '../../src/model/past/track.ts';
import { type SourceId, sourceTable } from '../../src/model/source-table.ts';
import { depsOf } from '../../src/modes/mode.ts';
import { createJournal } from '../../src/perform/journal.ts';
import { createPerformer } from '../../src/perform/performer.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { createFiles } from '../../src/platform/files.ts';
import { createNative } from '../../src/platform/native.ts';
import { createOwnFiles } from '../../src/platform/own-files.ts';
import { createPriorities } from '../../src/platform/priorities.ts';
import { createRecordingFiles } from '../../src/platform/recording-files.ts';
import { createSignals } from '../../src/platform/signals.ts';
import { systemSpawn } from '../../src/platform/spawn.ts';
import { streamsAround } from '../../src/record/recorded-logs.ts';
import { createRecorder } from '../../src/record/recorder.ts';
import { createLoop } from '../../src/watch/loop.ts';
import { newAlerts } from '../../src/watch/recording.ts';
import { createSources } from '../../src/watch/sources.ts';
import { hostName } from './machine.ts';

export interface Session {
  readonly model: Model;
  follow(log: Follower): void;
  note(text: string): void;
  act(intent: Intent): Promise<JournalEntry>;
  end(): Promise<void>;
}

export async function startSession(directory: string, stateDirectory: string): Promise<Session> {
  const files = createFiles({ clock });
  const native = createNative();
  const ownFiles = createOwnFiles({ clock });
  const signals = createSignals({ files, pid: native.pid });
  const priorities = createPriorities({ files, clock, pid: native.pid });
  const ports = { files, clock, spawn: systemSpawn, signals, priorities, ownFiles, native };
  const load = () => import('systeminformation');
  const { sources, logs, readForest } = await createSources(ports, 'proc', {
    inventory: load,
    portable: { load, loadAverages: () => [] },
  });
  await signals.rehearse();
  const deps = { ...depsOf({ ports, environment: {} }, readForest, actions), stateDirectory };
  const journal = createJournal({ ownFiles, stateDirectory, onProblem: () => {} });
  const performer = createPerformer({ deps, via: 'command', journal });
  const recorder = createRecorder({
    files: createRecordingFiles(),
    clock,
    directory,
    header: { writer: manifest.version, hostName },
    pid: native.pid,
  });

  let derived: DerivedSample | null = null;
  let before: readonly ModelEvent[] = [];
  const loop = createLoop({
    sources,
    clock,
    onSample(sample, { errors }) {
      if (errors[0] !== undefined) throw errors[0].error;
      const last = derived;
      derived = deriveSample(sample, last);
      const { model } = derived;
      recorder.sample(sample, trackPointOf(model), streamsAround(last, derived));
      for (const alert of newAlerts(model.events, before)) recorder.event(alert);
      before = model.events;
    },
  });
  for (const [id, { everyMs }] of Object.entries(sourceTable)) loop.want(id as SourceId, everyMs);
  loop.start();
  loop.sampleNow();

  return {
    get model() {
      return (derived as DerivedSample).model;
    },
    follow: (log) => logs.add(log),
    note: (text) => recorder.event({ kind: 'note', timeMs: clock.now(), text }),
    async act(intent) {
      const entry = await performer.perform(intent);
      if (entry === null) throw new Error(`${intent.type}: another action is in its way`);
      recorder.event({ kind: 'action', timeMs: clock.now(), entry });
      return entry;
    },
    async end() {
      loop.close();
      await recorder.close();
      await journal.flushed();
      if (recorder.status.reason !== null) throw new Error(recorder.status.reason);
    },
  };
}
