/**
 * Every claim of README.md with what shows it: a test that would fail if it were false, or a command. `npm run claims`
 * runs them; claims.test.ts has that no word of the README is in neither list.
 */
import { actionClaims } from './claims/actions.ts';
import { adviceClaims } from './claims/advice.ts';
import { afterwardsClaims } from './claims/afterwards.ts';
import type { Claim } from './claims/claim.ts';
import { guardClaims } from './claims/guard.ts';
import { rebuildClaims } from './claims/rebuild.ts';
import { screenClaims } from './claims/screen.ts';
import { startClaims } from './claims/start.ts';

export const claims: readonly Claim[] = [
  ...startClaims,
  ...screenClaims,
  ...actionClaims,
  ...rebuildClaims,
  ...adviceClaims,
  ...guardClaims,
  ...afterwardsClaims,
];

/** What says nothing of the program that could be false: what it is called, questions, advice, where more is written. */
export const notClaims: readonly string[] = [
  'htop for a Nix rebuild:',
  '; how.',
  '(what): `sudo bin/nixpulse`.',
  ', from a clean clone:',
  ', which nobody has built with the real nixpkgs yet: dist/nixos, every option.',
  'More ways, man pages and completions: docs/install.md.',
  'All of it, with pictures: docs/screen.md.',
  'More: docs/actions.md.',
  'There are two ways to it:',
  ': docs/watch.md.',
  ': docs/log-path.md.',
  ': how, and how wrong.',
  'Beside nix-output-monitor: what each shows.',
  'Nothing moves.',
  'Is it stuck, or a link that takes its hour?',
  ', and what proves them: docs/diagnosis.md.',
  'Look at what it tells for some days before it is armed.',
  'How it decides: docs/guard.md; limits: docs/watch.md.',
  'What a freeze is, how to prepare a machine, and measurements beside htop: docs/freeze.md.',
  ': docs/recover.md.',
  'The machine froze, or you were away:',
  ': docs/replay.md.',
  'more in docs/report.md.',
  'read it all the same before you share it: docs/collect.md.',
  ': docs/export.md.',
  ': docs/fleet.md.',
  'Measured beside htop and btop: docs/benchmarks.md.',
  'NixOS itself, Lix, Determinate Nix and macOS are written from sources only.',
  'What was run, what was looked at and what was not: docs/where-it-runs.md.',
  'MIT',
];
