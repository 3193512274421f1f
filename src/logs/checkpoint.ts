/**
 * The state as plain JSON and back: a recording that keeps it now and then lets a jump fold the events of a minute
 * instead of those of the whole rebuild.
 */
import type { LogState } from './log-state.ts';

/** Maps and sets carry a mark, because a key of a map (`/nix/store/…`) may be any text. */
const mark = '\u0000';

export function packState(state: LogState): unknown {
  return pack(state);
}

/** Of what `packState` of this version made: whoever keeps it keeps the version with it. Null for what is none. */
export function unpackState(packed: unknown): LogState | null {
  const state = unpack(packed);
  return isState(state) ? state : null;
}

function pack(value: unknown): unknown {
  if (value instanceof Map)
    return { [mark]: 'map', entries: [...value].map(([key, one]) => [key, pack(one)]) };
  if (value instanceof Set) return { [mark]: 'set', values: [...value] };
  if (Array.isArray(value)) return value.map(pack);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, pack(one)]));
}

function unpack(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unpack);
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Readonly<Record<string, unknown>>;
  if (fields[mark] === 'map' && Array.isArray(fields.entries))
    return new Map(fields.entries.map(([key, one]: [unknown, unknown]) => [key, unpack(one)]));
  if (fields[mark] === 'set' && Array.isArray(fields.values)) return new Set(fields.values);
  return Object.fromEntries(Object.entries(fields).map(([key, one]) => [key, unpack(one)]));
}

function isState(value: unknown): value is LogState {
  if (typeof value !== 'object' || value === null) return false;
  const { writers, rebuilds, memories } = value as Partial<LogState>;
  return (writers === 'one' || writers === 'many') && Array.isArray(rebuilds) && memories instanceof Map;
}
