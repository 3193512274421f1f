/** `nixpulse recover space` on a store that is full, killed at each of its steps and gone on with. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bringUpLab } from '../support/lab.ts';
import { inTurn } from './in-turn.ts';
import { createWorld, endOf, kill, type World } from './recovering.ts';
import { until } from './wait.ts';

const lab = bringUpLab();

/** Removes from /boot what no generation needs, as the boot loaders' scripts of NixOS do. */
const script = `#!/bin/bash
echo "$1" >>/run/switch.log
for file in /boot/EFI/nixos/*; do
  name=\${file##*/}
  readlink /nix/var/nix/profiles/system-*-link/kernel | grep -q "\${name%%-*}" || rm "$file"
done
`;

/**
 * 64 MB: 8 generations of 3 MB with 2 booted and 8 the default, two links to 4 MB each, garbage of 8 MB, and something
 * else. On /boot, 1 MB, lies the kernel of a generation that is gone.
 */
function fill(): string {
  return `
    cd /var/tmp; work=$(mktemp -d); trap 'rm -rf $work' EXIT; cd $work
    blob() { head -c "$1" /dev/urandom >"$2"; }
    add() { nix-store --add "$1"; }
    mkdir -p /boot/EFI/nixos /run/nixos /nix/var/nix/profiles /nix/var/nix/gcroots
    onBoot() { cp "$1/bzImage" "/boot/EFI/nixos/$(basename "$1")-bzImage.efi"; }
    for number in 0 1 2 3 4 5 6 7 8; do
      mkdir linux-6.6.$number; blob 200K linux-6.6.$number/bzImage; kernel=$(add linux-6.6.$number)
      ln -s $kernel /nix/var/nix/gcroots/kernel-$number
      case $number in 0|2|8) onBoot $kernel;; esac
      [ $number = 0 ] && continue
      name=nixos-system-lab-$number; mkdir -p $name/bin $name/etc $name/sw
      blob 3M $name/blob; echo 25.05.$number >$name/nixos-version; echo initrd >$name/initrd
      ln -s $kernel/bzImage $name/kernel; cp $SCRIPT $name/bin/switch-to-configuration
      for file in activate init; do echo '#!/bin/sh' >$name/$file; done
      chmod +x $name/bin/* $name/activate
      ln -s $(add $name) /nix/var/nix/profiles/system-$number-link
    done
    ln -s system-8-link /nix/var/nix/profiles/system
    ln -s $(readlink /nix/var/nix/profiles/system-8-link) /run/current-system
    ln -s $(readlink /nix/var/nix/profiles/system-2-link) /run/booted-system
    for name in one two; do
      blob 4M $name; mkdir -p /home/ada/$name
      nix-store --add-root /home/ada/$name/result --indirect -r $(add $name) >/dev/null
    done
    blob 8M garbage; add garbage
    blob 250K /boot/else
    blob 12M /nix/else
  `;
}

interface Machine extends World {
  readonly generations: () => readonly number[];
  free(): number;
}

function machine(): Machine {
  const world = createWorld(lab, {
    own: ['/run', '/home'],
    small: { '/nix': '64m', '/boot': '1m' },
    environment: { NIX_REMOTE: '', NIX_CONF_DIR: '/nix/etc', SCRIPT: '/nix/switch' },
  });
  const nix = world.placeOf('/nix');
  writeFileSync(`${nix}/switch`, script);
  world.shell('mkdir /nix/etc; echo "build-users-group =" >/nix/etc/nix.conf');
  world.shell(fill());
  return {
    ...world,
    generations: () =>
      readdirSync(`${nix}/var/nix/profiles`)
        .flatMap((name) => /^system-(\d)-link$/.exec(name)?.[1] ?? [])
        .map(Number),
    free: () => Number(world.shell('df --output=avail -k /nix | tail -1')),
  };
}

describe.skipIf(lab.missing !== null)('recover space', { timeout: 120_000 }, () => {
  inTurn();

  test('frees it step by step, killed at each, and nothing is done twice', async () => {
    const one = machine();
    const place = (path: string) => one.placeOf(path);
    const before = one.free();
    /** Answers each question and is killed at the last one. */
    async function runUntil(question: string, ...answers: readonly string[]): Promise<void> {
      const pty = one.recover('space');
      for (const answer of answers) {
        await pty.waitForText(`Type ${answer} to do it:`).catch((error: Error) => {
          throw new Error(`${answer}: ${error.message}`);
        });
        pty.write(`${answer}\r`);
      }
      await pty.waitForText(question);
      await kill(pty);
    }

    const first = one.recover('space');
    await first.waitForText('Do it? [y/N]');
    expect(first.screen().join('\n')).toContain('of generations that are gone: 1 file, 200 KB');
    first.write('y\r');
    await first.waitForText('Type unlink to do it:');
    const text = first.screen().join('\n');
    expect(text).toMatch(/\/home\/ada\/one\/result {2}4\.0 MB/);
    expect(text).toContain('they alone keep: about 8.0 MB');
    await kill(first);
    expect(readdirSync(`${place('/boot')}/EFI/nixos`)).toHaveLength(2);
    expect(existsSync(`${place('/home')}/ada/one`)).toBe(true);

    await runUntil('Type delete to do it:', 'unlink');
    expect(readdirSync(`${place('/home')}/ada/one`)).toEqual([]);
    expect(one.generations()).toHaveLength(8);

    await runUntil('Type collect to do it:', 'delete');
    expect(one.generations()).toEqual([2, 4, 5, 6, 7, 8]);

    one.program(
      'nix-collect-garbage',
      'if [ -e /run/hold ]; then echo $$ >/run/held; exec sleep 600; fi; exec /usr/bin/nix-collect-garbage "$@"',
    );
    writeFileSync(`${place('/run')}/hold`, '');
    const collecting = one.recover('space');
    await collecting.waitForText('Type collect to do it:');
    collecting.write('collect\r');
    await until('it collects', () => existsSync(`${place('/run')}/held`));
    await kill(collecting);
    const held = Number(readFileSync(`${place('/run')}/held`, 'utf8'));
    try {
      process.kill(held, 'SIGKILL');
    } catch {}
    one.shell('rm /run/hold');

    const last = one.recover('space');
    await last.waitForText('Type collect to do it:');
    expect(last.screen().join('\n')).toContain('nothing to do: none that may go');
    last.write('collect\r');
    const end = await endOf(last);
    expect(end.text).toMatch(/done: deleted 5 paths/);
    expect(end.text).toMatch(
      /6\/6 Look what is free now\n +nothing to do: [\s\S]*\/nix: 3\d MB of 64 MB free/,
    );
    expect(end.exitCode).toBe(0);
    expect(one.free() - before).toBeGreaterThan(20_000);
    expect(readFileSync(`${place('/run')}/switch.log`, 'utf8')).toBe('boot\nboot\n');
    // What is kept is whole.
    one.shell('nix-store --verify --check-contents');
    expect(one.shell('ls -L /run/current-system/bin /run/booted-system/kernel')).toContain(
      'switch-to-configuration',
    );
  });
});
