/** State as JSON for golden files: maps and sets as they would be written, and nothing that is empty. */

export function plainState(value: unknown): unknown {
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, one]) => [String(key), plainState(one)]));
  if (value instanceof Set) return [...value];
  if (Array.isArray(value)) return value.map(plainState);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, one]) => [key, plainState(one)] as const)
      .filter(([, one]) => !isEmpty(one)),
  );
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === 0 || value === false || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
