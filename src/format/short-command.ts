/** A command without its options, where there is no room for them. */

const verbs: ReadonlySet<string> = new Set([
  ...[
    'switch',
    'boot',
    'test',
    'build',
    'activate',
    'check',
    'rollback',
    'dry-run',
    'dry-build',
    'dry-activate',
  ],
  ...['build-vm', 'build-vm-with-bootloader', 'build-image', 'edit', 'repl', 'list-generations'],
  ...[
    'develop',
    'shell',
    'run',
    'eval',
    'copy',
    'flake',
    'store',
    'profile',
    'search',
    'apply',
    'apply-local',
  ],
]);

/** `nixos-rebuild switch`, also of `nixos-rebuild --flake . switch`. */
export function shortCommand(command: string): string {
  const before = command.replace(/ -.*$/s, '');
  if (before.includes(' ')) return before;
  const verb = command.split(' ').find((word) => verbs.has(word));
  return verb === undefined ? before : `${before} ${verb}`;
}
