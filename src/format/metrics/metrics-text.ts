/**
 * Families of metrics in the text format of Prometheus 0.0.4: what a scrape and node_exporter's textfile collector
 * read (prometheus.io, exposition formats). No timestamps: the collector refuses a file that has one.
 */
import { withoutControls } from '../../base/text.ts';

export type MetricType = 'gauge' | 'counter' | 'histogram';
export type Labels = Readonly<Record<string, string>>;

export interface MetricSample {
  /** Of a histogram: `_bucket`, `_sum`, `_count`. */
  readonly suffix?: string;
  readonly labels: Labels;
  /** In base units: seconds, bytes, ratios. */
  readonly value: number;
}
export interface MetricFamily {
  readonly name: string;
  readonly type: MetricType;
  /** One sentence. */
  readonly help: string;
  readonly samples: readonly MetricSample[];
}

/** Families without samples are left out; of two samples with the same labels the first counts. */
export function metricsText(families: readonly MetricFamily[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, type, help, samples }) => {
      const lines = new Map<string, string>();
      for (const { suffix = '', labels, value } of samples) {
        const series = `${name}${suffix}${labelsText(labels)}`;
        if (!lines.has(series)) lines.set(series, `${series} ${numberText(value)}\n`);
      }
      const head = `# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}\n`;
      return head + [...lines.values()].join('');
    })
    .join('');
}

/** Longer ones are no names: a command line, somebody's joke. */
const longestLabel = 200;

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => {
    const text = withoutControls(value).toWellFormed().slice(0, longestLabel).toWellFormed();
    return `${name}="${escaped(text).replaceAll('"', '\\"')}"`;
  });
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

/** 15 digits: what a double holds, without the tail that a division leaves. */
function numberText(value: number): string {
  return String(Number(value.toPrecision(15)));
}
