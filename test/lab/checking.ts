/** Runs `nixpulse check rebuild` as a program, on a machine with something planted in namespaces of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { onTestFinished } from 'vitest';
import { idsOf, type Lab } from '../support/lab.ts';
import { launcher } from '../support/pty.ts';
import { allProcesses, commandLine } from './truth.ts';

export interface Item {
  readonly id: string;
  readonly subject: string | null;
  readonly state: string;
  readonly text: string;
  readonly remedies: readonly unknown[];
}

export interface Checked {
  readonly exitCode: number | null;
  readonly items: readonly Item[];
  /** The first of its kind; throws without one. */
  of(id: string): Item;
}

export interface Planted {
  /** Shell, as root, in a mount namespace of its own; `$MNT`: an empty directory to mount on. */
  readonly plant?: string;
  /** Further lines of nix.conf, of the client alone. */
  readonly conf?: string;
  /** Lines of /etc/nix/machines. */
  readonly machines?: string;
  readonly user?: 'nixtester';
  /** NIX_REMOTE, default `daemon`; empty: root works on the store by itself. */
  readonly remote?: string;
  /** False: no interface but a `lo` that is down. */
  readonly network?: false;
  /** False: no program of Nix is found. */
  readonly nix?: false;
}

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Checked>;
}

export function checking(lab: Lab) {
  const nonce = randomUUID();
  function directory(): string {
    const made = mkdtempSync('/var/tmp/nixpulse-check-');
    chmodSync(made, 0o755);
    onTestFinished(() => rmSync(made, { recursive: true, force: true }));
    return made;
  }

  /** A client's nix.conf: that of the lab, with more. */
  function settings({ conf = '', machines = '' }: Planted, at: string): string {
    mkdirSync(`${at}/etc`);
    writeFileSync(`${at}/etc/nix.conf`, `include ${lab.directory}/etc/nix.conf\n${conf}\n`);
    writeFileSync(`${at}/etc/machines`, `${machines}\n`);
    return `${at}/etc`;
  }

  /** The words of nixpulse, in what is planted. */
  function commandOf(words: readonly string[], planted: Planted): readonly string[] {
    const at = directory();
    const { plant = ':', user, network, nix, remote = 'daemon' } = planted;
    const ids = user === undefined ? null : idsOf(user);
    for (const part of ['home', 'mnt']) mkdirSync(`${at}/${part}`);
    const as = ids === null ? [] : ['setpriv', `--reuid=${ids.uid}`, `--regid=${ids.gid}`, '--init-groups'];
    const path = nix === false ? withoutNix(at) : `/usr/local/bin:/usr/bin:/bin`;
    const environment = [
      ...[`PATH=${path}`, `HOME=${ids?.home ?? `${at}/home`}`, 'LANG=C.UTF-8', 'NIX_PATH='],
      ...[`NONCE=${nonce}`, 'TERM=xterm-256color', `NIXPULSE_NODE=${process.execPath}`],
      ...[`NIX_CONF_DIR=${settings(planted, at)}`, `NIX_REMOTE=${remote}`],
    ];
    const namespaces = ['--mount', '--propagation', 'private', ...(network === false ? ['--net'] : [])];
    const script = `set -e\nMNT=${at}/mnt\n${plant}\nexec "$@"`;
    const program = ['env', '-i', ...environment, launcher, ...words];
    return ['unshare', ...namespaces, 'bash', '-c', script, 'bash', ...as, ...program];
  }

  function start(args: readonly string[], planted: Planted = {}): Started {
    const [file = '', ...words] = commandOf(['check', 'rebuild', '--json', ...args], planted);
    const child = spawn(file, words, { stdio: ['ignore', 'pipe', 'pipe'], cwd: '/' });
    onTestFinished(() => void child.kill('SIGKILL'));
    let out = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    const ended = new Promise<Checked>((resolve, reject) => {
      child.once('close', (exitCode) => {
        // Interrupted it says nothing; else something could not be planted, or begun.
        if (out === '' && exitCode !== 130) reject(new Error(`exit ${exitCode}: ${errors}`));
        else resolve(checkedOf(exitCode, out, errors));
      });
    });
    return { child, ended };
  }

  let file: string | null = null;
  /** As `--flake` names it. */
  function configuration(name: string): string {
    file ??= mkdtempSync('/var/tmp/nixpulse-configuration-');
    chmodSync(file, 0o755);
    writeFileSync(`${file}/default.nix`, configurations(lab));
    return `${file}#${name}`;
  }

  /** The .drv of a part of it, written as the check writes it. */
  function instantiate(name: string): string {
    const run = spawnSync('nix-instantiate', [configuration(name).replace(/#.*/, ''), '-A', name], {
      encoding: 'utf8',
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin',
        NONCE: nonce,
        NIX_CONF_DIR: `${lab.directory}/etc`,
        NIX_REMOTE: 'daemon',
      },
    });
    if (run.status !== 0) throw new Error(run.stderr);
    return run.stdout.trim();
  }

  /** That work on what `configuration` made. */
  function evaluators(): readonly number[] {
    return allProcesses()
      .filter(({ state }) => state !== 'Z')
      .map(({ pid }) => pid)
      .filter((pid) => {
        const [program = '', ...words] = commandLine(pid);
        return (
          program.endsWith('nix-instantiate') && words.some((word) => file !== null && word.includes(file))
        );
      });
  }

  function close(): void {
    if (file !== null) rmSync(file, { recursive: true, force: true });
  }

  return {
    start,
    commandOf,
    instantiate,
    configuration,
    evaluators,
    close,
    check: (args: readonly string[], planted?: Planted) => start(args, planted).ended,
  };
}

function checkedOf(exitCode: number | null, out: string, errors: string): Checked {
  const items: readonly Item[] = out === '' ? [] : JSON.parse(out).items;
  return {
    exitCode,
    items,
    of(id) {
      const item = items.find((one) => one.id === id);
      if (item === undefined)
        throw new Error(`no ${id} (exit ${exitCode}): ${errors}\n${out.slice(0, 2000)}`);
      return item;
    },
  };
}

/** Everything that the launcher and the probes start, and no Nix. */
function withoutNix(at: string): string {
  mkdirSync(`${at}/bin`);
  for (const name of ['sh', 'env', 'readlink', 'nice', 'ionice', 'setpriv', 'true', 'cat', 'dirname'])
    symlinkSync(`/usr/bin/${name}`, `${at}/bin/${name}`);
  return [`${at}/bin`, dirname(process.execPath)].join(delimiter);
}

/** Configurations as `nixos-rebuild --file` takes them, with one fault each; what they build is new each time. */
function configurations(lab: Lab): string {
  return `let
  tools = import ${lab.directory}/workloads/tools.nix;
  make = more: tools.mk ({ pname = "nixos-system-box"; script = ": built"; } // more);
  part = pname: more: make ({ inherit pname; } // more);
  forty = more: make { parts = builtins.genList (n: part "part-\${toString n}" more) 40; };
in rec {
  sound = make { };
  broken = make { script = { services = ":"; }.servces; };
  endless = make { script = let fib = n: if n < 2 then n else fib (n - 1) + fib (n - 2); in toString (fib 90); };
  growing = make { script = toString (builtins.foldl' (all: n: all ++ [ n all ]) [ ] (builtins.genList (n: n) 1000000)); };
  gpu = forty { requiredSystemFeatures = [ "gpu" ]; };
  foreign = make { system = "riscv64-linux"; };
  initrd = part "initrd-linux" { version = "6.12.30"; };
  kernel = make { inherit initrd; };
}
`;
}
