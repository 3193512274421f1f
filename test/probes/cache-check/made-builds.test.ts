import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseMadeBuilds, readMadeBuilds } from '../../../src/probes/cache-check/made-builds.ts';
import { realProbe } from '../../support/probe-context.ts';

const ours = '/nix/store/pbcfah7zcq3lhnmc98m5y6sgbg9iaycq-nixpulse-check-c1158';
const strange = '/nix/store/pbcfah7zcq3lhnmc98m5y6sgbg9iaycq-firefox-130.0';

test('what a killed run has left: nothing but what has our name, and builders by ssh', () => {
  const remote = (address: string, path: unknown) => ({ address, paths: [path] });
  const text = JSON.stringify({
    paths: [ours, `${ours}.drv`, strange, `${strange}/nixpulse-check-x`, '--delete', 7, null],
    remote: [
      remote('ssh-ng://box', ours),
      remote('ssh-ng://box', strange),
      remote('--store', ours),
      remote('ssh-ng://-oProxyCommand=x', ours),
      7,
    ],
  });
  expect(parseMadeBuilds(text)).toEqual({
    paths: [ours, `${ours}.drv`],
    remote: [
      { address: 'ssh-ng://box', paths: [ours] },
      { address: 'ssh-ng://box', paths: [] },
    ],
  });
});

test('what is no such list', () => {
  for (const text of ['', '{', 'null', '[]', '{}', '{"paths":7,"remote":[]}', '{"paths":[]}'])
    expect(parseMadeBuilds(text), text).toBeNull();
});

test('a list that others may write is nobody’s', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'nixpulse-made-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'check-builds.json');
  writeFileSync(path, JSON.stringify({ paths: [ours], remote: [] }), { mode: 0o600 });
  const { context } = realProbe(directory);
  expect(await readMadeBuilds(context)).toEqual({ paths: [ours], remote: [] });
  chmodSync(path, 0o666);
  expect(await readMadeBuilds(context)).toBeNull();
});
