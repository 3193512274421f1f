/** Every issue of the deployment guide that this program implements is an entry of the table, and its symptoms are known. */
import { describe, expect, it } from 'vitest';
import { explain } from '../../src/explain/explain.ts';
import { knownMessages } from '../../src/explain/messages.ts';
import { pastedLines } from '../../src/parse/paste.ts';

/** The headings of its issues, each with the lines that the guide gives as its symptoms. */
const guide: Readonly<Record<string, readonly string[]>> = {
  'ISO Build Fails': ["error: builder for '/nix/store/...iso.drv' failed"],
  'Configuration Validation Fails': ["error: attribute 'nixosConfigurations.test-server' missing"],
  '"disk device not found" during deployment': [
    'error: disk /dev/vda not found',
    "error: cannot stat '/dev/sda': No such file or directory",
  ],
  'SSH Access Fails After Deployment': [
    'Permission denied (publickey)',
    'ssh: connect to host X.X.X.X port 22: Connection refused',
    'ssh: connect to host X.X.X.X port 22: No route to host',
  ],
  'Target Not Reachable': [
    'ssh: connect to host X.X.X.X port 22: No route to host',
    'ping: X.X.X.X: Host is unreachable',
  ],
  'Deployment Hangs "Building system closure"': [
    ">>> Building system closure...\nbuilding '/nix/store/...drv'...",
  ],
  '"ZFS modules not available"': [
    'error: cannot load zfs modules',
    'modprobe: FATAL: Module zfs not found',
    'The following modules could not be loaded: zfs',
  ],
  'Disk Formatting Fails': [
    'error: cannot create partition table',
    'error: device or resource busy',
    'wipefs: error: /dev/vda: probing initialization failed',
  ],
  'Deployment Hangs at Pool Export': ['>>> Rebooting system...'],
  'System Hangs at Password Prompt': ['Please enter passphrase for disk...'],
  "System Won't Boot After Deployment": [
    'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)',
  ],
  "Can't SSH After First Boot": [
    'ssh: connect to host X.X.X.X port 22: Connection refused',
    'ssh: connect to host X.X.X.X port 22: Connection timed out',
  ],
  'ZFS Pool Not Imported': [
    "cannot open 'rpool': no such pool",
    "zfs list: cannot open 'rpool/crypt': dataset does not exist",
  ],
  'Cannot Access Encrypted Datasets': [
    "cannot mount '/': Input/output error",
    'Key load error: Key material not available',
  ],
  '"pool export failed" Error': ["cannot export 'rpool': pool is busy"],
  // The guide tells of these two only that it is slow: the words are those of the programs then.
  'Deployment Takes Too Long': [
    "### Uploading the system closure ###\ncopying path '/nix/store/…-glibc-2.40' to 'ssh-ng://root@10.0.0.5'...",
  ],
  'System Slow After Deployment': ['  scan: scrub in progress since Sun Nov  2 00:24:01 2025'],
  // A procedure of its last part, for what can be recognised.
  'Emergency Access via ISO': ['You are in emergency mode. After logging in, type "journalctl -xb" to view'],
};

describe('the deployment guide', () => {
  it.each(Object.entries(guide))('%s', (heading, symptoms) => {
    const entries = knownMessages.filter((message) => message.guide === heading);
    expect(entries.length, 'an entry of the table').toBeGreaterThan(0);
    for (const symptom of symptoms) {
      const { explained } = explain(pastedLines(symptom));
      expect(explained.map(({ causes }) => causes.length > 0)).toEqual([true]);
    }
    const ids = entries.map(({ id }) => id);
    const first = explain(pastedLines(symptoms[0] ?? '')).explained.map(({ id }) => id);
    expect(ids, 'its first symptom').toContain(first[0]);
  });

  it('has no heading in the table that it does not have', () => {
    const headings = knownMessages.flatMap((message) => message.guide ?? []);
    expect(headings.filter((heading) => guide[heading] === undefined)).toEqual([]);
  });

  it('says where nothing is wrong that nothing is', () => {
    for (const heading of [
      'System Hangs at Password Prompt',
      'Deployment Hangs "Building system closure"',
      'Deployment Takes Too Long',
      'System Slow After Deployment',
    ]) {
      const [one] = explain(pastedLines(guide[heading]?.[0] ?? '')).explained;
      expect(one?.title, heading).toContain('this is no error');
    }
  });

  it('takes a step that goes on for no cause once something failed after it', () => {
    const text = [
      '### Building the system closure ###',
      "building '/nix/store/…-linux-6.12.drv'...",
      "error: writing to file '/nix/store/…-source': No space left on device",
    ].join('\n');
    expect(explain(pastedLines(text)).explained.map(({ id }) => id)).toEqual(['no-space']);
  });
});
