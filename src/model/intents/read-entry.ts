/** A journal's entry as somebody wrote it, of this version or another, checked before anything of it is shown. */

import { isFields } from '../../base/fields.ts';
import { probeIds } from '../diagnosis/probe.ts';
import { isProcedureId } from '../recover/procedure.ts';
import type { Intent } from './intent.ts';
import type { KeptEntry } from './outcome.ts';

/** Null where it lacks the time, who asked, what for or what came of it. */
export function readEntry(value: unknown): KeptEntry | null {
  if (!isFields(value)) return null;
  const { version, time, user, via, rule, intent, title, status, summary, details, durationMs } = value;
  if (typeof version !== 'number' || typeof time !== 'string' || !Number.isFinite(Date.parse(time)))
    return null;
  if (typeof user !== 'string' || typeof title !== 'string' || typeof summary !== 'string') return null;
  return {
    version,
    time,
    user,
    via: typeof via === 'string' ? via : null,
    ...(typeof rule === 'string' && { rule }),
    intent: isIntent(intent) ? intent : null,
    title,
    status: typeof status === 'string' ? status : null,
    summary,
    details: Array.isArray(details) ? details.filter((line) => typeof line === 'string') : [],
    durationMs: typeof durationMs === 'number' ? durationMs : null,
  };
}

/** As far as it is shown: its kind and the identities it names. */
function isIntent(value: unknown): value is Intent {
  if (!isFields(value)) return false;
  const { targets, build, process, clients, orphans, profile, paths, subject } = value;
  switch (value.type) {
    case 'kill':
    case 'pause':
    case 'resume':
    case 'lower':
    case 'limit':
    case 'restore':
      return isList(targets, isBuildTarget);
    case 'signal':
      return isBuildTarget(build) && isIdentity(process);
    case 'cancel':
      return isList(clients, isClientTarget) && isList(orphans, isBuildTarget);
    case 'rollback':
      return isFields(profile) && typeof profile.path === 'string';
    case 'repair':
      return isList(paths, (path) => typeof path === 'string');
    case 'probe':
      return probeIds.some((id) => id === value.probe) && (subject === null || typeof subject === 'string');
    case 'collect':
      return typeof value.directory === 'string';
    case 'recover':
      return isProcedureId(value.procedure) && typeof value.step === 'string';
    case 'restart-unit':
      return typeof value.unit === 'string';
    case 'hold-guard':
      return isIdentity(value.guard) && typeof value.holdMs === 'number';
    case 'restart-daemon':
    case 'verify':
    case 'collect-garbage':
      return true;
    default:
      return false;
  }
}

function isBuildTarget(value: unknown): boolean {
  return isFields(value) && isIdentity(value.root);
}

function isClientTarget(value: unknown): boolean {
  return isFields(value) && isIdentity(value.process) && typeof value.command === 'string';
}

function isIdentity(value: unknown): boolean {
  return isFields(value) && typeof value.pid === 'number' && typeof value.startTime === 'number';
}

function isList(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}
