/** Runs `nixpulse check rebuild` as a program, on a machine with something planted in namespaces of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
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

  function start(args: readonly string[], planted: Planted = {}): Started {
    const at = directory();
    const { plant = ':', user, network, nix } = planted;
    const ids = user === undefined ? null : idsOf(user);
    for (const part of ['home', 'mnt']) mkdirSync(`${at}/${part}`);
    const as = ids === null ? [] : ['setpriv', `--reuid=${ids.uid}`, `--regid=${ids.gid}`, '--init-groups'];
    const path = nix === false ? withoutNix(at) : `/usr/local/bin:/usr/bin:/bin`;
    const environment = [
      ...[
        `PATH=${path}`,
        `HOME=${ids?.home ?? `${at}/home`}`,
        'LANG=C.UTF-8',
        'NIX_PATH=',
        `NONCE=${randomUUID()}`,
      ],
      ...[`NIX_CONF_DIR=${settings(planted, at)}`, 'NIX_REMOTE=daemon', `NIXPULSE_NODE=${process.execPath}`],
    ];
    const program = ['env', '-i', ...environment, launcher, 'check', 'rebuild', '--json', ...args];
    const namespaces = ['--mount', '--propagation', 'private', ...(network === false ? ['--net'] : [])];
    const child = spawn(
      'unshare',
      [...namespaces, 'bash', '-c', `set -e\nMNT=${at}/mnt\n${plant}\nexec "$@"`, 'bash', ...as, ...program],
      { stdio: ['ignore', 'pipe', 'pipe'], cwd: '/' },
    );
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
in {
  sound = make { };
  broken = make { script = { services = ":"; }.servces; };
  endless = make { script = let fib = n: if n < 2 then n else fib (n - 1) + fib (n - 2); in toString (fib 90); };
  growing = make { script = toString (builtins.foldl' (all: n: all ++ [ n all ]) [ ] (builtins.genList (n: n) 1000000)); };
  gpu = forty { requiredSystemFeatures = [ "gpu" ]; };
  foreign = make { system = "riscv64-linux"; };
  kernel = make { initrd = part "initrd-linux" { version = "6.12.30"; }; };
}
`;
}
