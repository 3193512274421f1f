/** What manual pages say and no table of the program knows: examples, files, environment. */
import type { CommandId } from '../../src/cli/table.ts';

export interface Example {
  /** A sentence, with a colon at its end. */
  readonly help: string;
  /** As it is typed. */
  readonly line: string;
}

const examples: Partial<Readonly<Record<CommandId, readonly Example[]>>> = {
  dashboard: [{ help: 'With every process of every user:', line: 'sudo nixpulse' }],
  watch: [
    { help: 'Follow a rebuild:', line: 'nixpulse watch -- sudo nixos-rebuild switch --flake .#host' },
    {
      help: 'What another command writes:',
      line: 'nix build -v --log-format internal-json |& nixpulse watch',
    },
    {
      help: 'End it where it takes too much:',
      line: 'nixpulse watch --guard --limit memory-delta=10G,time=30m -- sudo nixos-rebuild switch',
    },
  ],
  snapshot: [
    {
      help: 'Memory that is available, by jq(1):',
      line: 'nixpulse snapshot --json | jq .memory.availableBytes',
    },
  ],
  status: [{ help: 'In tmux.conf:', line: "set -g status-right '#(nixpulse status --tmux)'" }],
  diagnose: [
    { help: 'Where something is wrong, and what the quick tests say:', line: 'nixpulse diagnose --probe' },
    { help: 'A moment of a recording:', line: 'nixpulse diagnose day.nixpulse --at 03:28' },
  ],
  explain: [{ help: 'As a command ends:', line: 'nixos-rebuild switch |& nixpulse explain' }],
  'check-rebuild': [{ help: 'Before a rebuild:', line: 'nixpulse check rebuild --flake .#host' }],
  'check-deploy': [{ help: 'Before a deployment:', line: 'nixpulse check deploy root@host --flake .#host' }],
  collect: [{ help: 'What it would gather:', line: 'nixpulse collect --dry-run' }],
  replay: [{ help: 'The last hour before a freeze:', line: 'nixpulse replay --at -1h' }],
  report: [{ help: 'Of the last incident:', line: 'nixpulse report --output incident.md' }],
  guard: [{ help: 'What is in force, and what is wrong with the settings:', line: 'nixpulse guard --check' }],
  config: [{ help: 'Where the order of builds is said:', line: 'nixpulse config screen.sort' }],
  'guard-simulate': [
    {
      help: 'What it would have done here:',
      line: 'nixpulse guard simulate ~/.local/state/nixpulse/recordings',
    },
  ],
  'guard-hold': [{ help: 'Half an hour without it:', line: 'nixpulse guard hold 30m' }],
  recover: [
    { help: 'Which procedure fits this machine now:', line: 'nixpulse recover' },
    { help: 'What one of them would do:', line: 'sudo nixpulse recover space --dry-run' },
  ],
  export: [
    {
      help: "For node_exporter's textfile collector:",
      line: 'nixpulse export --textfile /var/lib/prometheus/node-exporter/nixpulse.prom',
    },
  ],
  fleet: [
    {
      help: 'Who needs help, for a script:',
      line: 'nixpulse fleet --prometheus http://localhost:9090 --json',
    },
  ],
  kill: [{ help: 'What it would do:', line: 'nixpulse kill firefox --dry-run' }],
  limit: [{ help: 'Held up past 8 GB:', line: 'nixpulse limit firefox --memory 8G' }],
  cancel: [{ help: 'Everything, after a look at the plan:', line: 'nixpulse cancel --all --dry-run' }],
  rollback: [{ help: 'To a generation, with the next boot:', line: 'sudo nixpulse rollback --to 41 --boot' }],
  verify: [{ help: 'And repair what is damaged:', line: 'sudo nixpulse verify --repair' }],
};

export function examplesOf(command: CommandId): readonly Example[] {
  return examples[command] ?? [];
}

interface Row {
  readonly name: string;
  readonly help: string;
}

export const fileRows: readonly Row[] = [
  { name: '/etc/nixpulse/config.toml', help: 'Settings of the machine: `nixpulse.toml`(5).' },
  { name: '~/.config/nixpulse/config.toml', help: 'Your own, which win.' },
  {
    name: '~/.local/state/nixpulse/',
    help: 'Recordings, the journal of what was done, how long builds took.',
  },
  { name: '/var/lib/nixpulse/', help: 'Those of root.' },
  { name: '/var/lib/nixpulse-check-cache/', help: 'What checks of caches by root found; for everybody.' },
];

export const environmentRows: readonly Row[] = [
  { name: 'NO_COLOR', help: 'Where it is not empty, no colours; `--color` wins.' },
  { name: 'XDG_CONFIG_HOME, XDG_STATE_HOME', help: 'Instead of `~/.config` and `~/.local/state`.' },
  { name: 'LC_ALL, LC_CTYPE, LANG', help: 'Without UTF-8 in them it draws with ASCII characters only.' },
  { name: 'NIXPULSE_NODE', help: 'Path of the Node.js (22 or newer) that it runs on.' },
];
