/** What switch-to-configuration says on stderr about what did not come up. */

/**
 * `warning: the following units failed: nginx.service, foo.service`, since the Rust version also
 * `warning: the following user units failed: …` and `warning: user activation for bob failed`.
 * Lines may carry colours and carriage returns of what the units wrote.
 */
export function failedOf(line: string): readonly string[] {
  const text = line.trimEnd();
  const units = /^warning: the following (?:user )?units failed: (.+)$/.exec(text)?.[1];
  if (units !== undefined) {
    return units
      .split(',')
      .map((unit) => unit.trim())
      .filter((unit) => unit !== '');
  }
  const user = /^warning: user activation for (.+) failed$/.exec(text)?.[1];
  return user === undefined ? [] : [`user activation for ${user}`];
}

/**
 * systemd-run when a unit of that name runs already, which is a switch of nixos-rebuild:
 * `Failed to start transient service unit: Unit nixos-rebuild-switch-to-configuration.service was already
 * loaded or has a fragment file.`; newer: `… already exists`.
 */
export function saysUnitExists(stderr: string): boolean {
  return /Unit \S+ (?:was already loaded|already exists)/.test(stderr);
}
