/** A client's command line on the screen: what tells it from others first, however little room there is. */

/** Options that say what is built, with how many words of their own. */
const tellingOptions: Readonly<Record<string, number>> = {
  '-A': 1,
  '--attr': 1,
  '-f': 1,
  '--file': 1,
  '-F': 1,
  '--flake': 1,
  '-E': 0,
  '--expr': 1,
  '-p': 0,
  '--packages': 0,
  '--arg': 2,
  '--argstr': 2,
  '--target-host': 1,
  '--to': 1,
  '--from': 1,
};
/** Options that say how, with how many words of their own; any other has none. */
const otherOptions: Readonly<Record<string, number>> = {
  '--option': 2,
  '--override-input': 2,
  '-I': 1,
  '-j': 1,
  '-o': 1,
  '--max-jobs': 1,
  '--cores': 1,
  '--out-link': 1,
  '--builders': 1,
  '--store': 1,
  '--eval-store': 1,
  '--substituters': 1,
  '--extra-experimental-features': 1,
  '--experimental-features': 1,
  '--timeout': 1,
  '--max-silent-time': 1,
  '--profile': 1,
  '--add-root': 1,
  '--build-host': 1,
  '--include': 1,
  '--system': 1,
  '--specialisation': 1,
  '--substituter': 1,
  '--extra-substituters': 1,
  '--trusted-public-keys': 1,
  '--inputs-from': 1,
  '--override-flake': 2,
  '--set-env-var': 2,
  '--unset-env-var': 1,
  '--keep-env-var': 1,
  '--delete-older-than': 1,
};

/** Experimental features (nix.conf), as far as people enable them on the command line. */
const experimental =
  /^(?:nix-command|flakes|ca-derivations|dynamic-derivations|impure-derivations|recursive-nix|fetch-(?:closure|tree)|auto-allocate-uids|cgroups|pipe-operators?|repl-flake|no-url-literals)$/;

/**
 * `nix-build --no-out-link -j 4 /tmp/x/tick.nix -A a` → `nix-build tick.nix -A a --no-out-link -j 4`. Commands of a
 * tool are operands too and stay in front; what follows `--` and `--command` is another program's.
 */
export function clientCommand(command: string): string {
  const { telling, others } = partsOf(command);
  return [...telling, ...others].join(' ');
}

/** What tells it from others, and no option that says how: `nix-build tick.nix -A a`. */
export function tellingCommand(command: string): string {
  return partsOf(command).telling.join(' ');
}

interface Parts {
  /** The tool first. */
  readonly telling: readonly string[];
  readonly others: readonly string[];
}

function partsOf(command: string): Parts {
  const [tool = '', ...words] = command.split(' ');
  const telling: string[] = [];
  const others: string[] = [];
  let rest: readonly string[] = [];
  // `nix-store --realise`: what it does is an option there.
  if (/^nix-(?:store|env|channel)$/.test(tool)) telling.push(...words.splice(0, 1));
  for (let at = 0; at < words.length; ) {
    const word = words[at] as string;
    if (word === '--' || word === '-c' || word === '--command' || word === '--run') {
      rest = words.slice(at);
      break;
    }
    // How its log is read, and who asked for it may have been us: it tells nothing.
    if (word === '--log-format') {
      at += words[at + 2] === '-v' ? 3 : 2;
      continue;
    }
    const values = tellingOptions[word];
    const setting = word === '--option' ? (words[at + 1] ?? '') : word;
    const features = /experimental-features$/.test(setting);
    let taken = 1 + (values ?? otherOptions[word] ?? 0);
    // One word for Nix, several in a command line that is joined by spaces.
    while (features && experimental.test(words[at + taken] ?? '')) taken += 1;
    const into = !word.startsWith('-') || values !== undefined ? telling : others;
    into.push(...words.slice(at, at + taken).map((one) => (into === telling ? withoutDirectory(one) : one)));
    at += taken;
  }
  return { telling: [tool, ...telling], others: [...others, ...rest] };
}

/** `/tmp/a/tick.nix` → `tick.nix`, `/home/ada/conf#box` → `conf#box`; a default.nix has its directory's name. */
function withoutDirectory(word: string): string {
  const name = /^(?:path:|git\+file:\/\/)?\/.*?((?:[^/#]+\/default\.nix|[^/#]+)\/?(?:#.*)?)$/.exec(word)?.[1];
  return name ?? word;
}

/** What a tool is asked for, wherever it stands among its options. */
const verbs: ReadonlySet<string> = new Set(
  (
    'switch boot test build activate check rollback dry-run dry-build dry-activate build-vm build-vm-with-bootloader ' +
    'build-image edit repl list-generations develop shell run eval copy flake store profile search apply apply-local'
  ).split(' '),
);

/** Without its options, where there is no room for them: `nixos-rebuild switch`, also of `nixos-rebuild --flake . switch`. */
export function shortCommand(command: string): string {
  const before = command.replace(/ -.*$/s, '');
  if (before.includes(' ')) return before;
  const verb = command.split(' ').find((word) => verbs.has(word));
  return verb === undefined ? before : `${before} ${verb}`;
}

/** A command as a title: its program without the directory, what it is asked for, no options. */
export function commandTitle(command: string): string {
  return shortCommand(clientCommand(command.replace(/^\S*\//, '')));
}
