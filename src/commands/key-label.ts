/** Names of keys, for people. */
const labels: Readonly<Record<string, string>> = {
  up: 'Up',
  down: 'Down',
  left: 'Left',
  right: 'Right',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  enter: 'Enter',
  escape: 'Esc',
  space: 'Space',
  tab: 'Tab',
  'shift-tab': 'Shift-Tab',
  backspace: 'Backspace',
  delete: 'Del',
};

/** As it is printed on the keyboard: `PgUp`, `F6`, `Ctrl-C`, `k`. */
export function keyLabel(key: string): string {
  const label = labels[key];
  if (label !== undefined) return label;
  if (key.startsWith('ctrl-')) return `Ctrl-${key.slice(5).toUpperCase()}`;
  return /^f\d+$/.test(key) ? key.toUpperCase() : key;
}
