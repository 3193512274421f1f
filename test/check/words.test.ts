/** Every item of the check of a rebuild as people read it. */
import { expect, it } from 'vitest';
import { ok } from '../../src/base/problem.ts';
import { rebuildItems } from '../../src/check/rebuild.ts';
import { parseCommandLine } from '../../src/cli/parse.ts';
import { checkDocument } from '../../src/format/check-json.ts';
import { formatCheck } from '../../src/format/check-text.ts';
import { itemRemedies } from '../../src/format/check-words.ts';
import { expectGolden } from '../support/golden.ts';
import {
  blindFacts,
  built,
  evaluated,
  MiB,
  planned,
  soundBuilder,
  soundCache,
  soundFacts,
  soundSettings,
} from '../support/rebuild-facts.ts';

const arm = soundFacts().builders;
/** Much at once. */
const bad = soundFacts({
  dryRun: planned({ builds: [built('initrd-linux-6.12.30'), built('vm-test-run-x', ['kvm', 'gpu'])] }),
  settings: ok({ ...soundSettings, features: ['gpu'], minFreeBytes: 1024 ** 4 }),
  boot: {
    ...{ mountPoint: '/boot', freeBytes: 9 * MiB, pairBytes: 52 * MiB, coming: null, temporaryFiles: 1 },
    stale: { files: 6, bytes: 156 * MiB },
  },
  caches: [
    {
      address: 'https://dead.example',
      found: ok({ ...soundCache, reachable: false, said: 'connect ECONNREFUSED' }),
    },
    { address: 'https://mine.example', found: ok({ ...soundCache, trusted: false, keys: ['mine-1'] }) },
  ],
  builders: arm.map((one) => ({
    ...one,
    found: ok({
      ...soundBuilder,
      reachable: false,
      said: 'ssh: connect to host arm port 22: Connection refused',
    }),
  })),
  refusedMachines: [{ line: 'ssh://h - - eight', why: 'eight is no number of jobs' }],
});

const options = { command: 'check rebuild', about: '/etc/nixos#box' };

it.each([80, 120])('at %i columns', (columns) => {
  const text = [soundFacts(), bad, blindFacts()]
    .map((facts) => formatCheck(rebuildItems(facts), { ...options, columns }))
    .join('\n\n\n');
  expectGolden(`check-rebuild-${columns}`, text);
});

it('no line but that of a command is wider than the terminal', () => {
  const commands = rebuildItems(bad)
    .flatMap(itemRemedies)
    .flatMap((remedy) => {
      if (remedy.kind === 'command') return [remedy.command];
      return remedy.kind === 'nix' ? remedy.lines : [];
    });
  for (const line of formatCheck(rebuildItems(bad), { ...options, columns: 60 }).split('\n'))
    if (!commands.some((command) => line.endsWith(command)))
      expect(line.length, line).toBeLessThanOrEqual(60);
});

it('the document says which failed, and null is unknown', () => {
  const document = checkDocument(rebuildItems(bad), 'check rebuild', '/etc/nixos#box');
  expect(document).toMatchObject({ version: 1, check: 'check rebuild', failed: true });
  expect(JSON.stringify(document)).not.toContain('undefined');
  expect(checkDocument(rebuildItems(soundFacts()), 'check rebuild', 'x')).toMatchObject({ failed: false });
  expect(checkDocument(rebuildItems(blindFacts()), 'check rebuild', 'x')).toMatchObject({ failed: false });
});

it('commands of nixpulse that are proposed are some', () => {
  const ends = ['time', 'memory', 'recursion', 'stack'] as const;
  const items = [...ends.map((end) => soundFacts({ dryRun: evaluated({ end }) })), bad].flatMap(rebuildItems);
  const commands = items
    .flatMap(itemRemedies)
    .flatMap((remedy) =>
      remedy.kind === 'command' && remedy.command.startsWith('nixpulse ') ? [remedy.command] : [],
    );
  expect(commands.length).toBeGreaterThan(0);
  for (const command of commands) {
    const words = command.replaceAll("'", '').split(' ').slice(1);
    expect(parseCommandLine(words, '1'), command).toMatchObject({ kind: 'run' });
  }
});
