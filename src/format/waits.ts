/** What goals wait for, in words. */
import { nameOfPath } from '../model/nix-store/store-path.ts';
import type { WaitFor } from '../model/rebuild/activity.ts';
import { hostOf } from './words.ts';

/** What a goal stands still for. */
export function waitText(waitFor: WaitFor): string {
  switch (waitFor.kind) {
    case 'output-lock': {
      const [path] = waitFor.paths;
      return `waits for the lock of ${path === undefined ? 'its output' : nameOfPath(path)}: another builds it`;
    }
    case 'machine':
      return 'waits for a machine to build it';
    case 'build-user':
      return 'waits for a free build user';
    case 'upload-lock':
      return `waits to copy to ${hostOf(waitFor.host)}: another does`;
    case 'garbage-collection':
      return 'waits for a garbage collection to end';
    case 'store-lock':
      return 'waits for the lock of the store';
    case 'profile-lock':
      return `waits for the lock of ${nameOfPath(waitFor.path)}`;
    case 'fetch-lock':
      return `waits for another to fetch ${waitFor.input}`;
    case 'database':
      return 'waits for the database: it is busy';
    case 'other':
      return waitFor.text;
  }
}
