/** Probes on a real Nix: a store of our own that is damaged, databases, a build that stands still. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DerivedSample, deriveSample } from '../../../src/diagnose/derive-sample.ts';
import type { ProbeId, ProbeResult } from '../../../src/model/diagnosis/probe.ts';
import { resultOf } from '../../../src/model/diagnosis/probes-done.ts';
import type { Ports } from '../../../src/platform/ports.ts';
import { checkDatabase } from '../../../src/probes/database.ts';
import { createProbes, type Probes } from '../../../src/probes/run-probes.ts';
import { type Lab, startBuild } from '../../support/lab.ts';
import { damage, type NixStore, openOwnStore, openSharedStore } from '../own-store.ts';
import { allProcesses, buildsWithNonce, environment, processesOfBuild } from '../truth.ts';
import { until } from '../wait.ts';
import { realPorts } from '../watch.ts';

interface Asked {
  readonly probes: Probes;
  /** Runs it to its end; the result as the Model has it. */
  run(id: ProbeId, subject: string | null): Promise<ProbeResult | null>;
}

function asking(ports: Ports, stateDirectory: string): Asked {
  const probes = createProbes(ports, { stateDirectory });
  let derived: DerivedSample | null = null;
  function look() {
    const times = { timeMs: ports.clock.now(), monotonicMs: ports.clock.monotonic() };
    derived = deriveSample({ version: 1, ...times, ...probes.source.sample() }, derived);
    return derived.model.probes;
  }
  return {
    probes,
    async run(id, subject) {
      const start = probes.run(id, subject);
      if (!start.ok) throw new Error(JSON.stringify(start.refusal));
      expect(look().running).toMatchObject([{ id, subject }]);
      await start.done;
      const done = look();
      expect(done.running).toEqual([]);
      return resultOf(done, id, subject);
    },
  };
}

/** Processes that work in this store. */
function processesIn(store: NixStore) {
  const dir = store.environment.NIX_STORE_DIR;
  return allProcesses().filter(({ pid, state }) => state !== 'Z' && environment(pid)?.NIX_STORE_DIR === dir);
}

export function probeCases(lab: Lab): void {
  describe('probes of a store of our own', () => {
    const names = ['sound', 'flipped', 'truncated', 'deleted', 'referrer'] as const;
    const nonce = randomUUID();
    let store: NixStore;
    let paths: readonly string[];
    let asked: Asked;

    beforeAll(() => {
      store = openOwnStore(lab);
      paths = store.build(nonce, names);
      const { ports, stateDirectory } = store.context();
      asked = asking(ports, stateDirectory);
    });
    afterAll(() => {
      asked?.probes.source.close();
      store?.close();
    });

    test('sound: every path', async () => {
      const result = await asked.run('verify-store', null);
      expect(result).toMatchObject({ ok: true, value: { damaged: [] } });
      expect(result).not.toHaveProperty('value.partial');
      expect(await asked.run('verify-path', paths[0] ?? '')).toMatchObject({ value: { damaged: null } });
    });

    test('damaged: which, and how', async () => {
      const [, flipped = '', truncated = '', deleted = '', emptied = ''] = paths;
      damage(flipped, 'flip');
      damage(truncated, 'truncate');
      damage(deleted, 'delete');
      writeFileSync(emptied, '');
      const result = await asked.run('verify-store', null);
      if (result?.id !== 'verify-store' || !result.ok) throw new Error(JSON.stringify(result));
      expect(result.value.damaged.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual(
        [
          { path: flipped, how: 'modified' },
          { path: truncated, how: 'modified' },
          { path: emptied, how: 'empty' },
          { path: deleted, how: 'missing' },
        ].toSorted((a, b) => (a.path < b.path ? -1 : 1)),
      );
      expect(await asked.run('verify-path', emptied)).toMatchObject({
        value: { damaged: { path: emptied, how: 'empty' } },
      });
    });

    test('cancelled midway: no process is left, and it says that it was not all', async () => {
      store.build(nonce, ['large']);
      const start = asked.probes.run('verify-store', null, {
        onProgress(text) {
          if (/^\d+ of /.test(text)) asked.probes.cancel('verify-store', null);
        },
      });
      if (!start.ok) throw new Error(start.refusal.kind);
      expect(await start.done).toMatchObject({ ok: true, value: { partial: true } });
      await until('the end of every process', () => processesIn(store).length === 0, { deadlineMs: 5000 });
    });

    test('its database, while it is built in', async () => {
      const { ports, stateDirectory } = store.context();
      const context = { ports, stateDirectory, cancelled: new AbortController().signal, progress: () => {} };
      const building = store.startBuild(randomUUID(), 'sound');
      const found = await checkDatabase(`${store.directory}/var/db/db.sqlite`, context);
      expect(found).toMatchObject({ ok: true, value: { ok: true, said: [] } });
      expect(found.ok && found.value.bytes).toBeGreaterThan(0);
      expect(await building).toBe(0);
    });
  });

  test('the database of the machine', async () => {
    const store = openSharedStore(lab);
    const { ports, stateDirectory } = store.context();
    const asked = asking(ports, stateDirectory);
    try {
      const result = await asked.run('database', null);
      expect(result, JSON.stringify(result)).toMatchObject({ ok: true, value: { ok: true } });
    } finally {
      asked.probes.source.close();
      store.close();
    }
  });

  test('a build that waits for a FIFO: where it sleeps', async () => {
    const { nonce } = startBuild(lab, 'standstill', { how: 'fifo' });
    const build = await until('the build', () => {
      const one = buildsWithNonce(nonce)[0];
      return one !== undefined && processesOfBuild(one).length === 1 && one;
    });
    const asked = asking(realPorts(), '/nowhere');
    const result = await asked.run('stack', `${build.pid}`);
    if (result?.id !== 'stack' || !result.ok) throw new Error(JSON.stringify(result));
    const [place] = result.value.places;
    expect(place).toMatchObject({ times: 20, wchan: expect.stringMatching(/wait_for_partner|pipe|fifo/) });
    expect(place?.pid).toBe(build.pid);
    expect(result.value.stack?.join(' ')).toMatch(/wait_for_partner|fifo_open|pipe_read/);
    asked.probes.source.close();
  });
}
