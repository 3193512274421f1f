/** What a subject is called: device, mount point, path, unit, address, host; null: the machine, or a process. */
import type { FindingSubject } from './finding.ts';

export function subjectName(subject: FindingSubject): string | null {
  switch (subject.kind) {
    case 'machine':
    case 'build':
    case 'client':
    case 'process':
      return null;
    case 'rebuild':
      return subject.rebuild;
    case 'device':
      return subject.device;
    case 'filesystem':
      return subject.mountPoint;
    case 'cgroup':
      return subject.cgroup;
    case 'path':
      return subject.path;
    case 'unit':
      return subject.unit;
    case 'cache':
      return subject.cache;
    case 'builder':
      return subject.host;
  }
}
