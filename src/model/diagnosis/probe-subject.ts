/** What a probe is to look at where nobody names it: of a finding its subject, else what carries the store. */
import type { Model } from '../model.ts';
import type { Finding } from './finding.ts';
import type { ProbeId, ProbeRow } from './probe.ts';

type Kind = NonNullable<ProbeRow['subject']>;

/** As `ProbeRow.subject` says. */
const kinds: Readonly<Partial<Record<ProbeId, Kind>>> = {
  'verify-path': 'path',
  smart: 'device',
  'read-speed': 'device',
  'bad-blocks': 'device',
  evaluation: 'flake',
  'evaluation-profile': 'flake',
  bisection: 'flake',
  cache: 'cache',
  builder: 'builder',
  stack: 'process',
};

/** Device, path, address, host, pid; null: the machine, or nothing to name. */
export function probeSubject(
  probe: ProbeId,
  finding: Pick<Finding, 'subject' | 'found'> | null,
  model: Pick<Model, 'disks' | 'builds'>,
): string | null {
  const kind = kinds[probe];
  if (kind === undefined || kind === 'flake') return null;
  const named = finding === null ? null : subjectOf(kind, finding, model);
  if (named !== null || kind !== 'device') return named;
  return storeDevice(probe, model);
}

function subjectOf(
  kind: Kind,
  { subject }: Pick<Finding, 'subject'>,
  { builds }: Pick<Model, 'builds'>,
): string | null {
  switch (subject.kind) {
    case 'device':
      return kind === 'device' ? subject.device : null;
    case 'path':
      return kind === 'path' ? subject.path : null;
    case 'cache':
      return kind === 'cache' ? subject.cache : null;
    case 'builder':
      return kind === 'builder' ? subject.host : null;
    case 'build': {
      if (kind !== 'process') return null;
      const { pid, startTime } = subject;
      const build = builds.find((one) => one.pid === pid && one.startTime === startTime);
      // The builder waits for its child: what sleeps is the last one that nobody of it waits for.
      return `${build?.tree.findLast((one) => one.state !== 'Z')?.pid ?? pid}`;
    }
    case 'client':
    case 'process':
      return kind === 'process' ? `${subject.pid}` : null;
    default:
      return null;
  }
}

/** What the store lies on: of speed the layer itself, of health the disk at the bottom. */
function storeDevice(probe: ProbeId, { disks }: Pick<Model, 'disks'>): string | null {
  const carrying = disks.filter(({ carries }) => carries.includes('/nix'));
  const own = carrying.length > 0 ? carrying : disks.filter(({ carries }) => carries.includes('/'));
  const found =
    probe === 'read-speed'
      ? (own.find(({ slaves }) => slaves.length > 0) ?? own[0])
      : own.find(({ slaves }) => slaves.length === 0);
  return found?.device ?? null;
}
