import { describe, expect, it } from 'vitest';
import { formatStatus } from '../../src/format/status.ts';
import type { Finding } from '../../src/model/diagnosis/finding.ts';
import { diagnosed } from '../support/diagnosed-model.ts';
import { armedGuard, busy, calm, evaluating, fixtureCases, idle, noNix } from '../support/model-fixture.ts';
import { followedAlone, followedEvaluation, oneFollowed } from '../support/rebuild-models.ts';

const shortOf = 'mem critical 63% · io critical nvme0n1 STALLED 2.1s';

describe('the status line', () => {
  it.each([
    [
      'busy',
      busy,
      'mem critical 63% · io critical nvme0n1 STALLED 2.1s · firefox-130.0 11.2G +840M/min · 5 builds',
    ],
    ['calm', calm, 'ok · hello-2.12.1 240M · 2 builds'],
    ['one build', { ...calm, builds: calm.builds.slice(0, 1) }, 'ok · hello-2.12.1 240M · 1 build'],
    ['idle', idle, 'ok · no build'],
    ['no Nix', noNix, 'ok · no build'],
    [
      'hidepid',
      { ...idle, problems: [{ kind: 'denied' as const, where: '/proc', cause: 'hidepid' }] },
      'ok · builds unknown',
    ],
    ['evaluation', { ...idle, clients: [evaluating] }, 'ok · home-manager evaluating'],
    [
      'a full disk',
      { ...idle, shortages: busy.shortages.slice(2) },
      'space warning /nix 91% used, 14.2 GB free · no build',
    ],
    [
      'a rebuild',
      oneFollowed,
      `${shortOf} · chromium-unwrapped-129.0.6668.89 9.6G +120M/min · 2 builds · 1/4 built · 1 failed`,
    ],
    [
      'a rebuild of nobody',
      { ...followedAlone, rebuilds: followedEvaluation.rebuilds },
      'ok · no build · evaluating',
    ],
    ['an evaluation that is followed', followedEvaluation, 'ok · nixos-rebuild evaluating'],
    ['a guard', { ...idle, guards: [{ ...armedGuard, acts: [], dryRun: false }] }, 'ok · no build · guard'],
    [
      'a guard that says nothing',
      { ...idle, guards: [{ ...armedGuard, acts: [], atMs: idle.timeMs - 40_000 }] },
      'ok · no build · guard silent 40 s',
    ],
    ['PSI off', { ...idle, pressure: fixture('blind').pressure }, '22.0G free · no build'],
  ])('%s', (_, model, line) => {
    // What the fixture has found belongs to the busy machine.
    expect(formatStatus(model === busy ? busy : { ...model, findings: [] })).toBe(line);
  });

  it('says the worst that was found, unless a shortage or a stuck build says it', () => {
    const worst = (more: Partial<typeof idle>) => formatStatus({ ...idle, ...more }).split(' · ')[0];
    const [possible, space] = busy.findings as [Finding, Finding];
    expect(worst({ findings: [possible, space] })).toBe('/nix is 91% full, 14.2 GB free');
    expect(worst({ findings: [possible] })).toBe('ok');
    expect(worst({ findings: [{ ...possible, state: 'likely' }] })).toBe(
      'likely: linux-6.11.3 computes and gets nowhere',
    );
    expect(worst({ findings: [space], shortages: busy.shortages.slice(2) })).toBe(
      'space warning /nix 91% used, 14.2 GB free',
    );
    const stuck = { ...diagnosed, shortages: [] };
    expect(formatStatus(stuck)).toMatch(/^STUCK python3\.12-numpy-2\.1\.2 13 min · \/nix is 91% full/);
    const found = { ...space.found, mountPoint: `/${'long/'.repeat(30)}` } as Finding['found'];
    expect(worst({ findings: [{ ...space, found }] })?.length).toBe(60);
  });

  it('is one line, safe and without `·` in ASCII', () => {
    for (const { model } of fixtureCases) {
      expect(formatStatus(model, { unicode: false })).toMatch(/^[\x20-\x7e]+$/);
      expect(formatStatus(model)).not.toMatch(/\p{Cc}/u);
    }
  });

  it('speaks tmux, and keeps names from speaking it', () => {
    const [build] = busy.builds;
    const model = { ...busy, builds: build === undefined ? [] : [{ ...build, name: '#(reboot)' }] };
    expect(formatStatus(model, { tmux: true })).toBe(
      '#[fg=red,bold]mem critical 63%#[default] · #[fg=red,bold]io critical nvme0n1 STALLED 2.1s#[default] · ##(reboot) 11.2G +840M/min · 1 build',
    );
  });
});

function fixture(name: string) {
  const found = fixtureCases.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no fixture ${name}`);
  return found.model;
}
