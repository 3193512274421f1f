import { describe, expect, it } from 'vitest';
import { eventMetrics, noEvents } from '../../../src/format/metrics/event-counts.ts';
import { metricOf } from '../../../src/format/metrics/metric.ts';
import { metricLists, notExported } from '../../../src/format/metrics/metric-lists.ts';
import { exportedText } from '../../../src/format/metrics/metrics.ts';
import { exporterMetrics, modelMetrics } from '../../../src/format/metrics/model-metrics.ts';
import { documentSections } from '../../../src/model/fields/document.ts';
import { bytes, type Field, milliseconds, percent } from '../../../src/model/fields/field.ts';
import { machineFields } from '../../../src/model/fields/machine.ts';
import type { Model } from '../../../src/model/model.ts';
import { expectGolden } from '../../support/golden.ts';
import { everyMetric, exporter } from '../../support/metric-models.ts';
import { blind, busy, first, fixtureCases, hostile, hostileName } from '../../support/model-fixture.ts';

const textOf = (model: Model | null, top = 0) => exportedText({ model, counts: noEvents, exporter, top });
const series = (text: string, name: string) =>
  text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));

/** One line of the text format; label values with their escapes. */
const sampleLine =
  /^[a-z][a-z0-9_]*(?:\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\["\\n])*")*\})? -?\d+(?:\.\d+)?(?:e[+-]\d+)?$/;

describe('the text', () => {
  it('of a machine in trouble', () => {
    expectGolden('metrics', textOf(everyMetric, 2));
  });

  it.each(fixtureCases.map(({ name, model }) => [name, model] as const))(
    'of %s is well formed',
    (_, model) => {
      const text = textOf(model, 3);
      expect(text.endsWith('\n')).toBe(true);
      const lines = text.slice(0, -1).split('\n');
      const seen = new Set<string>();
      let family = '';
      for (const line of lines) {
        const [, kind, name = ''] = /^# (HELP|TYPE) (\S+)/.exec(line) ?? [];
        if (kind === 'HELP') {
          expect(seen.has(name), `${name} stands together`).toBe(false);
          seen.add(name);
          family = name;
        } else if (kind === undefined) {
          expect(line).toMatch(sampleLine);
          expect(line.startsWith(family), line).toBe(true);
        }
      }
      const named = lines
        .filter((line) => !line.startsWith('#'))
        .map((line) => line.slice(0, line.lastIndexOf(' ')));
      expect(new Set(named).size, 'no series twice').toBe(named.length);
    },
  );

  it('of hostile names has none of what they would do', () => {
    const text = textOf(hostile, 3);
    expect(hostileName).toContain('"');
    expect(text).toContain('\\"quoted\\"');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    const broken = { ...busy, disks: busy.disks.map((disk) => ({ ...disk, device: 'a\\"\n\ud800b' })) };
    expect(series(textOf(broken), 'nixpulse_disk_in_flight')[0]).toMatch(
      /^\S+\{device="a\\\\\\" \ufffdb"\} /,
    );
    const long = { ...busy, disks: busy.disks.map((disk) => ({ ...disk, device: 'x'.repeat(9999) })) };
    expect(series(textOf(long), 'nixpulse_disk_in_flight')[0]?.length).toBeLessThan(300);
  });

  it('says nothing of what is not known, and nothing of the machine before it was looked at', () => {
    expect(series(textOf(first), 'nixpulse_interval_seconds')).toEqual([]);
    expect(series(textOf(first), 'nixpulse_cpu_user_ratio')).toEqual([]);
    const hidden = { ...blind, builds: [], totals: { ...blind.totals, running: null } };
    expect(series(textOf(hidden), 'nixpulse_builds')).toEqual([]);
    expect(series(textOf({ ...hidden, totals: busy.totals }), 'nixpulse_builds')).toHaveLength(6);
    expect(textOf(null)).not.toContain('nixpulse_memory');
    expect(textOf(null)).toContain('nixpulse_exporter_info{version="1.2.3"} 1\n');
  });

  it('of two rows that are called alike tells the first: a series that comes twice breaks the scrape', () => {
    const [disk] = busy.disks;
    if (disk === undefined) throw new Error('no disk');
    const twice = { ...busy, disks: [disk, { ...disk, inFlight: 1 }] };
    expect(series(textOf(twice), 'nixpulse_disk_in_flight')).toEqual([
      `nixpulse_disk_in_flight{device="${disk.device}"} ${disk.inFlight}`,
    ]);
  });

  it('names builds only where somebody asks for some, those that hold the most first', () => {
    expect(textOf(busy)).not.toContain('firefox');
    const named = series(textOf(busy, 2), 'nixpulse_build_resident_bytes');
    expect(named).toHaveLength(2);
    expect(named[0]).toContain('derivation="firefox-130.0"');
    expect(series(textOf(busy), 'nixpulse_builds').map((line) => line.split(' ')[1])).toContain('4');
  });
});

describe('the table of fields', () => {
  const families = [...exporterMetrics(exporter), ...modelMetrics(everyMetric, 1), ...eventMetrics(noEvents)];

  it('is exported, list by list, or a reason stands beside its name', () => {
    const lists = documentSections.map(({ path }) => path).filter((path) => path !== '');
    const exported = metricLists.flatMap(({ path }) => path ?? []);
    expect([...new Set(exported), ...Object.keys(notExported)].toSorted()).toEqual(lists.toSorted());
  });

  it('gives a metric for every measure: a new row is a new metric', () => {
    const names = new Set(families.map(({ name }) => name));
    for (const field of machineFields) {
      const metric = metricOf('', field);
      if (metric !== null) expect(names, field.id).toContain(metric.name);
    }
    const row = (field: Field<never>) => metricOf('disk', field);
    expect(row(milliseconds('discardAwaitMs', 'd', 'Mean time.', () => null))).toMatchObject({
      ...{ name: 'nixpulse_disk_discard_await_seconds', type: 'gauge' },
    });
    expect(row(percent('wearPercent', 'w', 'Worn.', () => null))?.value(45)).toBe(0.45);
    expect(row(bytes('spareBytes', 's', 'Left.', () => null))?.value(null)).toBeNull();
  });

  it('has one type, one help and a right name for every family', () => {
    expect(new Set(families.map(({ name }) => name)).size).toBe(families.length);
    for (const { name, type, help } of families) {
      expect(name).toMatch(/^nixpulse_[a-z][a-z0-9_]*$/);
      expect(name.endsWith('_total'), name).toBe(type === 'counter');
      expect(name).not.toMatch(/percent|millis|_ms$|_sec$|_ratio_ratio/);
      expect(help, name).toMatch(/^\S.*\.$/);
      expect(help, name).not.toMatch(/\bnull\b|`|100 is one/);
    }
  });

  it('has no name of a process or a user in it', () => {
    expect(families.map(({ name }) => name).filter((name) => /pid$|uid$|start_time$/.test(name))).toEqual([]);
    expect(families.map(({ name }) => name)).toContain('nixpulse_health_kernel_pid_max');
  });
});
