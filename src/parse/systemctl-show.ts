/** `systemctl show --property=LoadState,ActiveState UNIT...` (systemctl(1)): `Name=value` a line, an empty line between units. */

/** In the order in which they were asked for. Null: there is no such unit, or it is just being stopped. */
export function parseActiveStates(text: string): readonly (boolean | null)[] {
  return text
    .trim()
    .split(/\n\s*\n/)
    .map((block) => {
      const of = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(block)?.[1];
      if (of('LoadState') !== 'loaded') return null;
      return states[of('ActiveState') ?? ''] ?? null;
    });
}

/** One that begins is not down, and one that ends may be restarted by somebody. */
const states: Readonly<Record<string, boolean>> = {
  active: true,
  reloading: true,
  refreshing: true,
  activating: true,
  inactive: false,
  failed: false,
};
