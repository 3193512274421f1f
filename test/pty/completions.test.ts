/** What Tab brings in the real shells, with the program as it is built and a machine that builds. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addGenerations } from '../support/machine.ts';
import { createProcTree } from '../support/proc-tree.ts';
import { launcher, openPty, type Pty } from '../support/pty.ts';

const built = fileURLToPath(new URL('../../dist/completions', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'nixpulse-completions-'));
const machine = createProcTree();
afterAll(() => {
  machine.dispose();
  rmSync(place, { recursive: true });
});

/** Nix takes no such name; who writes into the environment of a process may. */
const hostile = 'evil-1.0;touch pwned;$(touch pwned)';
addGenerations(machine);
const { clients, builds } = machine.addNixForest({
  builds: ['firefox-130.0', 'linux-6.12', 'llvm-18.1.8', 'gcc-14', hostile],
});
for (const pid of builds.find(({ name }) => name === 'gcc-14')?.pids ?? [])
  machine.update(pid, { state: 'T' });

/** Where the shells are: with nothing but what the cases name. */
const here = join(place, 'here');
const bin = join(place, 'bin');
for (const directory of [here, bin, join(here, 'recordings')]) mkdirSync(directory);
writeFileSync(join(here, 'error.log'), '');
writeFileSync(join(bin, 'nixpulse'), `#!/bin/sh\nexec '${launcher}' "$@" --root '${machine.root}'\n`);
chmodSync(join(bin, 'nixpulse'), 0o755);
/** Where bash-completion and fish look, as docs/install.md has it. */
const links = {
  'nixpulse.bash': '.local/share/bash-completion/completions/nixpulse',
  'nixpulse.fish': '.config/fish/completions/nixpulse.fish',
};
for (const [name, link] of Object.entries(links)) {
  mkdirSync(join(place, link, '..'), { recursive: true });
  symlinkSync(join(built, name), join(place, link));
}
/** Behind its own directory nothing is run by Tab. */
writeFileSync(join(here, 'nixpulse'), '#!/bin/sh\ntouch pwned\n');
chmodSync(join(here, 'nixpulse'), 0o755);

interface Shell {
  readonly file: string;
  readonly args: readonly string[];
  /** Typed at its first prompt. */
  readonly prepare: string;
  readonly missing: boolean;
}

const isMissing = (file: string) => spawnSync(file, ['--version']).status !== 0;
const framework = '/usr/share/bash-completion/bash_completion';

function bash(loaded: string, missing: boolean): Shell {
  const settings = ['show-all-if-ambiguous on', 'page-completions off', 'completion-query-items 0'];
  const binds = settings.map((setting) => `bind 'set ${setting}'; `).join('');
  return {
    file: 'bash',
    args: ['--norc', '--noprofile'],
    prepare: `${binds}. '${loaded}'; PS1='> '`,
    missing,
  };
}

const shells: Readonly<Record<string, Shell>> = {
  bash: bash(`${built}/nixpulse.bash`, isMissing('bash')),
  'bash-completion': bash(framework, isMissing('bash') || !existsSync(framework)),
  zsh: {
    file: 'zsh',
    args: ['-f'],
    prepare: `fpath=('${built}' $fpath); autoload -Uz compinit; compinit -u -d '${place}/dump'; LISTMAX=999; unsetopt list_ambiguous; PROMPT='> '`,
    missing: isMissing('zsh'),
  },
  fish: {
    file: 'fish',
    args: [],
    prepare: `set -g fish_greeting; set -g fish_autosuggestion_enabled 0; function fish_prompt; printf '> '; end`,
    missing: isMissing('fish'),
  },
};

interface Case {
  readonly typed: string;
  /** On the screen then, the line itself included; a space at its end: that is all there is. */
  readonly brings: readonly string[];
  readonly without?: readonly string[];
  readonly only?: readonly string[];
}

const cases: readonly Case[] = [
  { typed: 'nixpulse kil', brings: ['nixpulse kill '] },
  {
    typed: 'nixpulse re',
    brings: ['record', 'replay', 'report', 'rescue', 'resume', 'restore'],
    without: ['kill', 'complete'],
  },
  { typed: 'nixpulse com', brings: ['> nixpulse com'], without: ['complete'] },
  { typed: 'nixpulse check ', brings: ['rebuild', 'deploy'] },
  { typed: 'nixpulse check d', brings: ['check deploy '] },
  { typed: 'nixpulse guard ', brings: ['run', 'status', 'hold', 'release', 'simulate'] },
  { typed: 'nixpulse recover roll', brings: ['recover rollback '] },
  { typed: 'nixpulse check --fl', brings: ['check --flake'] },
  { typed: 'nixpulse guard run --dr', brings: ['guard run --dry-run '] },
  { typed: 'nixpulse lower firefox --', brings: ['--dry-run', '--yes', '--interval'], without: ['--memory'] },
  { typed: 'nixpulse --color al', brings: ['--color always '] },
  { typed: 'nixpulse --color=al', brings: ['--color=always '] },
  { typed: 'nixpulse diagnose --probe=smart,kernel', brings: ['--probe=smart,kernel-log'] },
  { typed: 'nixpulse diagnose --threshold idleS', brings: ['--threshold idleSec='] },
  { typed: 'nixpulse watch --limit await=1s,memory-d', brings: ['--limit await=1s,memory-delta='] },
  { typed: 'nixpulse explain er', brings: ['explain error.log '] },
  { typed: 'nixpulse replay rec', brings: ['replay recordings/'] },
  { typed: 'nixpulse record --dir=', brings: ['--dir=recordings/'], without: ['error.log'] },

  {
    typed: 'nixpulse kill ',
    brings: ['firefox-130.0', 'linux-6.12', 'gcc-14', 'nixbld5'],
    without: ['kill evil'],
  },
  // fish looks into the notes as well, and finds its user.
  {
    typed: 'nixpulse kill ev',
    brings: ['> nixpulse kill ev'],
    without: ['touch'],
    only: ['bash', 'bash-completion', 'zsh'],
  },
  { typed: 'nixpulse kill fi', brings: ['kill firefox-130.0 '] },
  { typed: 'nixpulse --interval 2 kill fi', brings: ['kill firefox-130.0 '] },
  { typed: 'nixpulse kill --yes --root=/ fi', brings: ['--root=/ firefox-130.0 '] },
  { typed: 'nixpulse kill firefox l', brings: ['> nixpulse kill firefox l'], without: ['linux-6.12'] },
  { typed: 'nixpulse pause ', brings: ['linux-6.12', 'llvm-18.1.8'], without: ['gcc-14'] },
  { typed: 'nixpulse resume ', brings: ['resume gcc-14 '] },
  { typed: 'nixpulse cancel ', brings: ['firefox-130.0', String(clients[0]?.pid)] },
  { typed: 'nixpulse rollback --to ', brings: ['42', '41', '40'] },
  { typed: 'nixpulse rollback --to=42', brings: ['rollback --to=42 '] },
  {
    typed: 'nixpulse rollback --profile /nix/var/nix/profiles/default --to ',
    brings: ['profiles/default --to 1 '],
  },
  { typed: 'nixpulse rollback --profile=/nix/var/nix/profiles/default --to=', brings: ['default --to=1 '] },
  { typed: 'nixpulse report --to 4', brings: ['> nixpulse report --to 4'], without: ['42'] },
  { typed: './nixpulse kill fi', brings: ['kill firefox-130.0 '] },
  { typed: 'nixpulse config screen.s', brings: ['config screen.sort '] },
  { typed: 'nixpulse guard --check er', brings: ['guard --check error.log '] },
  { typed: 'nixpulse guard --check rec', brings: ['guard --check recordings/'] },
  {
    typed: 'nohup nixpulse kill fi',
    brings: ['nixpulse kill firefox-130.0 '],
    only: ['bash-completion', 'zsh'],
  },
  { typed: 'env nixpulse kill fi', brings: ['nixpulse kill firefox-130.0 '], only: ['zsh', 'fish'] },
  {
    typed: 'nixpulse watch --calm -- nixpulse kill fi',
    brings: ['-- nixpulse kill firefox-130.0 '],
    only: ['bash-completion', 'zsh', 'fish'],
  },
];

describe.each(Object.entries(shells))('%s', (name, shell) => {
  describe.skipIf(shell.missing && !process.env.CI)('Tab behind', () => {
    let pty: Pty;
    beforeAll(async () => {
      const env = { PATH: `${bin}:${process.env.PATH}`, HOME: place, HISTFILE: '/dev/null' };
      pty = openPty({ file: shell.file, args: shell.args, cwd: here, rows: 60, env });
      pty.press(shell.prepare, '<enter>', '<ctrl-l>');
      await pty.waitFor((lines) => lines[0] === '>', 'the prompt');
    });
    afterAll(() => pty.close());

    const own = cases.filter(({ only }) => only === undefined || only.includes(name));
    test.each(own)('$typed', async ({ typed, brings, without = [] }) => {
      pty.press('<ctrl-u>', '<ctrl-l>', typed, '<tab>');
      const shows = (lines: string[], text: string) => lines.some((line) => `${line} `.includes(text));
      await pty.waitFor((lines) => brings.every((text) => shows(lines, text)), brings.join(', '));
      // Read when all of the offer is on the screen.
      pty.press('#');
      const screen = await pty.waitFor((lines) => shows(lines, '#'), 'the end of the offer');
      for (const text of without) expect(screen.join('\n')).not.toContain(text);
      pty.press('<ctrl-u>');
      await pty.waitFor((lines) => !shows(lines, '#'), 'an empty line');
      expect(existsSync(join(here, 'pwned'))).toBe(false);
    });
  });
});
