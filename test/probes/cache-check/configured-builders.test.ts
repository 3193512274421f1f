import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readConfiguredBuilders, withoutLines } from '../../../src/probes/cache-check/configured-builders.ts';
import { realProbe } from '../../support/probe-context.ts';

test('the setting, files that it names, files that these name, and what Nix refuses', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'nixpulse-machines-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const at = (name: string) => join(directory, name);
  writeFileSync(at('machines'), `ssh-ng://b - - many\n@${at('more')}\n@${at('machines')}\n`);
  writeFileSync(at('more'), '# none\nssh-ng://c x86_64-linux - 3 2\n');
  const read = (setting: string) => readConfiguredBuilders(setting, realProbe().context);
  expect(await read(`ssh-ng://a; @${at('machines')}; @${at('none')}`)).toMatchObject({
    unread: null,
    lines: [
      { address: 'ssh-ng://a', refused: null },
      { address: 'ssh-ng://b', refused: 'many is no number of jobs' },
      { address: 'ssh-ng://c', refused: null, maxJobs: 3, speedFactor: 2 },
    ],
  });
  expect(await read('')).toEqual({ lines: [], unread: null });
  expect(await read(`@${at('none')}`)).toEqual({ lines: [], unread: null });
  expect(withoutLines({ unread: null })).toMatchObject({ state: 'unconfigured', said: null });
});

test('a file that cannot be read is not one that names nobody', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'nixpulse-machines-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const found = await readConfiguredBuilders(`@${directory}`, realProbe().context);
  expect(found).toMatchObject({ lines: [], unread: { where: directory } });
  const build = withoutLines(found);
  expect(build).toMatchObject({ state: 'untested', untested: null });
  expect(build.said).toContain(`which builders there are is not known: ${directory}`);
});
