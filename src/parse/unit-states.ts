/** `systemctl show --property=LoadState,ActiveState,TriggeredBy UNIT...`: whether each is up, as far as it is to be. */

export const unitStateProperties = ['LoadState', 'ActiveState', 'TriggeredBy'] as const;

/**
 * A block of `Name=value` lines a unit, in the order in which they were asked for, an empty line between two
 * (systemctl(1)). Null: it comes or goes just now, or there is no such unit; and one that a socket, a path or a timer
 * starts rests until then.
 */
export function parseUnitStates(stdout: string, units: readonly string[]): readonly (boolean | null)[] {
  const blocks = stdout
    .trim()
    .split(/\n\s*\n/)
    .map((block) => new Map(block.split('\n').map(pairOf)));
  return units.map((_, index) => {
    const block = blocks.length === units.length ? blocks[index] : undefined;
    return block === undefined ? null : isUp(block);
  });
}

function pairOf(line: string): readonly [string, string] {
  const at = line.indexOf('=');
  return [line.slice(0, Math.max(0, at)), line.slice(at + 1).trim()];
}

function isUp(block: ReadonlyMap<string, string>): boolean | null {
  // masked, not-found, error: nothing that a restart would mend.
  if (block.get('LoadState') !== 'loaded') return null;
  switch (block.get('ActiveState')) {
    case 'active':
    case 'reloading':
    case 'refreshing':
      return true;
    case 'failed':
      return false;
    case 'inactive':
      return block.get('TriggeredBy') ? null : false;
    default:
      return null;
  }
}
