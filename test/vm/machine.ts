/**
 * A booted machine for tests: QEMU with a Debian of its own (root.sh, image.sh), systemd, cgroup v2, a text console, three
 * disks (vda /, vdb /nix, vdc swap). By KVM where that works, else emulated, some twenty times slower.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface Machine {
  /** What the command says; as root, over ssh. Throws where it does not end with 0. */
  run(command: string, options?: { readonly timeoutMs?: number }): string;
  /** The same, and how it ended. */
  tried(command: string, options?: { readonly timeoutMs?: number }): Ended;
  /** Keys of the console, as QEMU names them: `ctrl-alt-f2`, `k`, `shift-k`, `ret`. */
  press(...keys: string[]): Promise<void>;
  /** Types letters, digits, space, `-`, `.` and `/`. */
  type(text: string): Promise<void>;
  /** Rows of the text screen, 80x25, as the video memory has them: asks nothing of the machine, which may be frozen. */
  screen(): Promise<readonly string[]>;
  /** A picture of the screen, PNG. */
  picture(path: string): Promise<void>;
  monitor(...commands: readonly string[]): Promise<readonly string[]>;
  until(what: string, holds: () => boolean | Promise<boolean>, timeoutMs?: number): Promise<void>;
  /** As a power cut: nothing is written any more. */
  cut(): Promise<void>;
  boot(): Promise<void>;
  /** Of KVM: figures count. Else they are ratios. */
  readonly accelerated: boolean;
}
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

export interface MachineOptions {
  /** Where image.sh put the disks. */
  readonly directory: string;
  readonly port: number;
  readonly memoryMb: number;
}

/** Real virtualization: some hosts have a /dev/kvm that emulates a kernel, and fails at it. */
export function hasKvm(): boolean {
  return existsSync('/dev/kvm') && /^flags\s*:.*\b(?:vmx|svm)\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'));
}

const accelerations = {
  kvm: ['-accel', 'kvm', '-cpu', 'host,-arch-capabilities'],
  tcg: ['-accel', 'tcg,thread=multi', '-cpu', 'max'],
};

export function createMachine({ directory, port, memoryMb }: MachineOptions): Machine {
  const accelerated = hasKvm();
  const slower = accelerated ? 1 : 5;
  let qemu: ChildProcess | null = null;
  const ssh = [
    ...['-q', '-i', `${directory}/id`, '-p', `${port}`],
    ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'BatchMode=yes'],
    ...['-o', `ControlPath=${directory}/ssh`, '-o', 'ControlMaster=auto', '-o', 'ControlPersist=60'],
    ...['-o', `ConnectTimeout=${5 * slower}`, 'root@127.0.0.1'],
  ];

  function tried(command: string, { timeoutMs = 60_000 }: { readonly timeoutMs?: number } = {}): Ended {
    const { status, stdout, stderr } = spawnSync('ssh', [...ssh, command], {
      ...{ encoding: 'utf8', timeout: timeoutMs * slower, maxBuffer: 64 << 20 },
    });
    return { code: status, out: stdout, error: stderr };
  }

  function run(command: string, options?: { readonly timeoutMs?: number }): string {
    const { code, out, error } = tried(command, options);
    if (code !== 0) throw new Error(`${command}: ended with ${code}: ${error}${out}`.slice(0, 2000));
    return out;
  }

  /** What QEMU's monitor answers to each. */
  function monitor(...commands: readonly string[]): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      const socket = createConnection(`${directory}/monitor.sock`);
      const left = [...commands];
      let said = '';
      socket.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        // Its prompt: at first, and when a command is done.
        if (said.split(prompt).length - 1 <= commands.length - left.length) return;
        const next = left.shift();
        if (next === undefined) socket.end();
        else socket.write(`${next}\n`);
      });
      socket.once('close', () => resolve(said.split(prompt).slice(1, -1))).once('error', reject);
    });
  }

  async function until(
    what: string,
    holds: () => boolean | Promise<boolean>,
    timeoutMs = 20_000,
  ): Promise<void> {
    const endMs = Date.now() + timeoutMs * slower;
    while (!(await holds())) {
      if (Date.now() > endMs) throw new Error(`not within ${(timeoutMs * slower) / 1000} s: ${what}`);
      await delay(200);
    }
  }

  async function press(...keys: string[]): Promise<void> {
    for (const [at, key] of keys.entries()) {
      if (at > 0) await delay(60 * slower);
      await monitor(`sendkey ${key}`);
    }
  }

  const disk = (name: string, at: number) => [
    ...['-drive', `file=${directory}/${name}.img,if=none,id=d${at},format=raw,cache=unsafe`],
    ...['-device', `virtio-blk-pci,drive=d${at}`],
  ];

  return {
    accelerated,
    run,
    tried,
    monitor,
    until,
    press,
    type: (text) => press(...[...text].map((char) => keyNames[char] ?? char)),
    async screen() {
      const file = `${directory}/screen`;
      // Where in the video memory the screen begins stands in two registers; the machine stands still while they are read.
      const answers = await monitor(
        'stop',
        'i/b 0x3d4',
        'o/b 0x3d4 0xc',
        'i/b 0x3d5',
        'o/b 0x3d4 0xd',
        'i/b 0x3d5',
      );
      const [selected = 0, high = 0, low = 0] = answers.flatMap((said) => {
        const value = /\] = (0x[0-9a-f]+)/.exec(said)?.[1];
        return value === undefined ? [] : [Number(value)];
      });
      const begin = textMemory + (high * 256 + low) * 2;
      await monitor(`o/b 0x3d4 ${selected}`, `pmemsave ${begin} ${columns * rows * 2} "${file}"`, 'cont');
      // Of each cell the character, then its colours (VGA text mode).
      const cells = readFileSync(file);
      return Array.from({ length: rows }, (_, row) =>
        Array.from({ length: columns }, (_, column) => {
          const code = cells[(row * columns + column) * 2] ?? 0;
          return code < 32 || code > 126 ? ' ' : String.fromCharCode(code);
        })
          .join('')
          .trimEnd(),
      );
    },
    picture: async (path) => void (await monitor(`screendump "${path}" -f png`)),
    async boot() {
      qemu = spawn(
        'setpriv',
        [
          ...['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...accelerations[accelerated ? 'kvm' : 'tcg']],
          ...['-smp', '2', '-m', `${memoryMb}`],
          ...['-kernel', `${directory}/vmlinuz`, '-initrd', `${directory}/initrd`],
          ...['-append', 'root=/dev/vda rw console=ttyS0 console=tty0 psi=1 nomodeset'],
          ...disk('root', 0),
          ...disk('nix', 1),
          ...disk('swap', 2),
          ...['-nic', `user,model=virtio-net-pci,restrict=on,hostfwd=tcp:127.0.0.1:${port}-:22`],
          ...['-display', 'none', '-vga', 'std', '-serial', `file:${directory}/serial.log`],
          ...['-monitor', `unix:${directory}/monitor.sock,server,nowait`],
        ],
        { stdio: ['ignore', 'ignore', 'inherit'] },
      );
      await until('it takes ssh', () => tried('true').code === 0, 120_000);
      await until(
        'it has booted',
        () => /running|degraded/.test(tried('systemctl is-system-running').out),
        60_000,
      );
    },
    async cut() {
      if (qemu === null || qemu.exitCode !== null) return;
      const ended = once(qemu, 'exit');
      qemu.kill('SIGKILL');
      await ended;
      qemu = null;
    },
  };
}

const prompt = '(qemu) ';
/** VGA's text, 32 KB. */
const textMemory = 0xb8000;
const columns = 80;
const rows = 25;

const keyNames: Readonly<Record<string, string>> = {
  ' ': 'spc',
  '-': 'minus',
  '.': 'dot',
  '/': 'slash',
  '\n': 'ret',
};
