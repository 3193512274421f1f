/** What a probe is about, as text: made of what a finding is about, and checked before it reaches a program. */
import type { FindingSubject } from './finding.ts';
import type { ProbeRow, SubjectKind } from './probe.ts';

/** Names of block devices as /sys/class/block has them: `nvme0n1p2`, `cciss!c0d0`. */
const device = /^[a-z0-9][a-z0-9!._-]*$/i;
const process = /^[1-9][0-9]{0,9}(:[0-9]{1,20})?$/;
const longest = 4096;

const forms: Readonly<Record<SubjectKind, (text: string) => boolean>> = {
  device: (text) => device.test(text),
  process: (text) => process.test(text),
  path: (text) => /^\/.*\/[0-9a-z]{32}-[^/]+$/.test(text),
  // An address, or a path; no option of the program that is asked.
  cache: isPlain,
  builder: isPlain,
  flake: isPlain,
};

function isPlain(text: string): boolean {
  return !text.startsWith('-') && text.trim() !== '';
}

/** Whether the probe can be asked about it. */
export function fitsSubject(
  { subject: kind, subjectOptional }: Pick<ProbeRow, 'subject' | 'subjectOptional'>,
  subject: string | null,
): boolean {
  if (kind === null || subject === null) return subject === null && (kind === null || subjectOptional);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be in it.
  return subject.length <= longest && !/[\x00-\x1f\x7f]/.test(subject) && forms[kind](subject);
}

/**
 * The subject of a probe that would settle a finding; undefined where the finding is not about such a thing, so that
 * somebody has to say which one. Null: the machine.
 */
export function probeSubject(
  { subject: kind, subjectOptional }: Pick<ProbeRow, 'subject' | 'subjectOptional'>,
  finding: FindingSubject,
): string | null | undefined {
  const text = kind === null ? null : textOf(kind, finding);
  return text === null ? (kind === null || subjectOptional ? null : undefined) : text;
}

function textOf(kind: SubjectKind, finding: FindingSubject): string | null {
  switch (finding.kind) {
    case 'device':
      return kind === 'device' ? finding.device : null;
    case 'path':
      return kind === 'path' ? finding.path : null;
    case 'cache':
      return kind === 'cache' ? finding.cache : null;
    case 'builder':
      return kind === 'builder' ? finding.host : null;
    case 'build':
    case 'client':
    case 'process':
      return kind === 'process' ? `${finding.pid}:${finding.startTime}` : null;
    default:
      return null;
  }
}
