/** A whole bundle of a machine that has a secret wherever one can be: none is in it, wherever one looks. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openBundle } from '../../src/bundle/open-bundle.ts';
import { recordingSource } from '../../src/bundle/recording.ts';
import { sourcesInOrder } from '../../src/bundle/sources.ts';
import type { RecordedEvent } from '../../src/model/past/recorded.ts';
import type { Sample } from '../../src/model/sample.ts';
import { createRecordingFiles } from '../../src/platform/recording-files.ts';
import { openRecording } from '../../src/record/open-recording.ts';
import { createAliases } from '../../src/redact/aliases.ts';
import { createRedactor } from '../../src/redact/redactor.ts';
import { plantedBlock, plantedLines, randomOf } from '../redact/planted.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import type { FakeEntry } from '../support/fake-files.ts';
import { createFakePorts } from '../support/fake-ports.ts';
import { createFakeRecordingFiles } from '../support/fake-recording-files.ts';
import { output, runGather } from '../support/gathered.ts';
import { recordedFromMs, recordedSamples } from '../support/recorded-machine.ts';
import { writeRecording } from '../support/write-recording.ts';

const directory = mkdtempSync(join(tmpdir(), 'nixpulse bundle '));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const planted = plantedLines(1200, 42);
const random = randomOf(9);
const blocks = Array.from({ length: 12 }, (_, at) => plantedBlock(random, at % 2 === 0 ? '' : 'hello> '));
const secrets = [...planted, ...blocks].flatMap((one) => one.secrets);

let next = 0;
/** Every line is planted once, in its turn. */
function lines(count: number): readonly string[] {
  const some = planted.slice(next, next + count);
  next += some.length;
  return some.map(({ text }) => text);
}

/** What a shell would make of the line. */
function wordsOf(line: string): string {
  return `${line.split(' ').join('\0')}\0`;
}

function processFiles(pid: number, comm: string, line: string): Record<string, FakeEntry> {
  const stat = `${pid} (${comm}) D 1 ${pid} ${pid} 0 -1 4194304 1 0 0 0 5 5 0 0 20 0 1 0 500 1000 10 18446744073709551615\n`;
  return {
    [`/proc/${pid}/stat`]: stat,
    [`/proc/${pid}/status`]: `Name:\t${comm}\nUid:\t1000\t1000\t1000\t1000\nVmRSS:\t  1024 kB\n`,
    [`/proc/${pid}/wchan`]: 'io_schedule',
    [`/proc/${pid}/cmdline`]: wordsOf(line),
    [`/proc/${pid}/comm`]: `${comm}\n`,
  };
}

const netrc = 'machine cache.example.org\nlogin me\npassword n3trcS3cretValue\n';
const tree: Record<string, FakeEntry> = {
  '/proc/uptime': '1000.00 2000.00\n',
  '/proc/cmdline': `root=/dev/vda ${lines(20).join(' ')}\n`,
  '/proc/locks': '1: FLOCK  ADVISORY  WRITE 4242 fe:00:77 0 EOF\n',
  '/proc/self/mountinfo': `36 35 98:0 / /mnt rw - cifs //nas/x rw,username=me,password=c1fsS3cret99\n`,
  '/etc/os-release': 'PRETTY_NAME="NixOS 25.11 (Xantusia)"\n',
  '/etc/nix/nix.conf': `max-jobs = 4\n!include more.conf\n!include /run/secrets/tokens\nnetrc-file = /etc/nix/netrc\n${lines(100).join('\n')}\n`,
  '/etc/nix/more.conf': `${lines(50).join('\n')}\n`,
  '/run/secrets/tokens': 'access-tokens = github.com=runS3cretNeverRead\n',
  '/etc/nix/netrc': netrc,
  '/home/ada/.config/nix/nix.conf': `${lines(50).join('\n')}\n`,
  '/etc/nix/machines': `ssh://nix@builder x86_64-linux\n${lines(20).join('\n')}\n`,
  '/etc/nix/registry.json': JSON.stringify({
    flakes: lines(30).map((url) => ({ from: { id: 'x' }, to: { url } })),
  }),
  '/etc/nixos/flake.lock': JSON.stringify({
    nodes: Object.fromEntries(
      lines(60).map((url, at) => [
        `input${at}`,
        { locked: { type: 'git', url, rev: '1d0fe04d4ee5ec8a1e3f', lastModified: 1_700_000_000 } },
      ]),
    ),
  }),
  '/etc/nixpulse/config.toml': lines(20).join('\n'),
  '/home/ada/.nix-channels': 'https://me:ch4nnelS3cret@nixos.org/channels/nixos-25.11 nixos\n',
  ...Object.assign(
    {},
    ...lines(120).map((line, at) => processFiles(5000 + at, at % 2 === 0 ? 'nix' : 'bash', line)),
  ),
  '/nix/var/log/nix/drvs/3w/mfikm3d8yfj0yz8g3bnx3pv5s4bx2x-hello-2.12.drv': `${lines(100).join('\n')}\n${blocks[0]?.text}\ndone\n`,
  '/nix/var/log/nix/drvs/4w/mfikm3d8yfj0yz8g3bnx3pv5s4bx2x-gcc-13.drv.bz2': 'compressed',
};
const others = ['n3trcS3cretValue', 'c1fsS3cret99', 'runS3cretNeverRead', 'ch4nnelS3cret'];

const programText = new Map<string, string>();
function programOutput(command: readonly string[]): string {
  const key = command.join(' ');
  let text = programText.get(key);
  if (text === undefined) {
    const block = blocks[1 + (programText.size % (blocks.length - 1))]?.text ?? '';
    text = `${lines(15).join('\n')}\n${block}\nafter\n`;
    if (command.includes('show') && command.includes('config')) {
      const settings = lines(10).map((value, at) => [`setting${at}`, { value, defaultValue: '' }]);
      text = JSON.stringify({
        ...Object.fromEntries(settings),
        'access-tokens': { value: { 'github.com': 'c0nfigS3cret' } },
      });
    }
    programText.set(key, text);
  }
  return text;
}

function plantedSamples(): Sample[] {
  return recordedSamples(70).map((sample, at) => {
    if (at % 2 !== 0 || !sample.forest?.ok) return sample;
    const [line = 'true', ...log] = at < 100 ? lines(4) : [];
    const { value } = sample.forest;
    const processes = value.processes.map((one, index) =>
      index === 0 ? { ...one, facts: { ...one.facts, argv: line.split(' ') } } : one,
    );
    const events = [
      {
        kind: 'lines',
        id: 'a',
        from: 'build',
        lines: [...log, ...(at === 8 ? (blocks[2]?.text.split('\n') ?? []) : [])],
        count: 4,
      },
    ] as const;
    return {
      ...sample,
      forest: { ...sample.forest, value: { ...value, processes } },
      logs: {
        ...{ ok: true, atMs: sample.monotonicMs },
        value: {
          streams: [
            {
              id: 'command',
              origin: { kind: 'command', words: line.split(' '), pid: 7 },
              writers: 'one',
              events,
            },
          ],
        },
      },
    };
  });
}

describe('a bundle', async () => {
  const clock = createFakeClock({ now: recordedFromMs + 75_000 });
  const samples = plantedSamples();
  const note: RecordedEvent = {
    kind: 'note',
    timeMs: recordedFromMs + 1000,
    text: 'export API_TOKEN=n0teS3cretValue',
  };
  await writeRecording(directory, samples, [note]);
  const ports = createFakePorts({ tree, clock });
  ports.ownFiles.texts.set(
    '/home/ada/.local/state/nixpulse/journal.jsonl',
    lines(40)
      .map((command) =>
        JSON.stringify({ version: 1, title: 'cancel', intent: { type: 'cancel', clients: [{ command }] } }),
      )
      .join('\n'),
  );
  const environment = Object.fromEntries(
    lines(60).map((value, at) => [at % 3 === 0 ? `NIX_X${at}` : `VAR${at}`, value]),
  );
  const redactor = createRedactor({ alias: createAliases({ hosts: ['box'], users: ['ada'] }) });
  const recording = recordingSource({
    ...{ from: directory, looked: Promise.resolve([]), version: '1.0' },
    open: () => openRecording(createRecordingFiles(), directory),
  });
  // Numbers of the kernel, for which it waits ten seconds.
  const rows = sourcesInOrder([recording]).filter(({ id }) => id !== 'ten-seconds');
  const ran = await runGather({
    ...{ rows, ports, facts: { environment }, redactor, timeless: true },
    programs: async (command) => output(programOutput(command)),
  });
  const files = createFakeRecordingFiles();
  files.contents.set('/x.tar.gz', ran.archive);
  const opened = await openBundle(files, '/x.tar.gz');
  if (!opened.ok) throw new Error(opened.problem.cause);
  const replayed = await openRecording(opened.value.files, opened.value.path);
  if (!replayed.ok) throw new Error(replayed.problem.cause);
  const chunks = await Promise.all(replayed.value.chunks.map((chunk) => chunk.load()));
  const recorded = JSON.stringify([
    chunks,
    replayed.value.events,
    replayed.value.chunks.map(({ point }) => point),
  ]);
  const all =
    [...ran.files].map(([name, bytes]) => `${name}\n${new TextDecoder().decode(bytes)}`).join('\n') +
    recorded;

  it('was made of more than a thousand secrets', () => {
    expect(next).toBeGreaterThanOrEqual(1000);
    expect(ran.files.size).toBeGreaterThan(40);
  });

  it('has none of them, in no file and in no sample', () => {
    const placed = planted.slice(0, next).flatMap((one) => one.secrets.map((secret) => ({ secret, one })));
    const left = placed
      .filter(({ secret }) => all.includes(secret))
      .map(({ one }) => `${one.kind} in ${one.place}: ${one.text}`);
    expect(left).toEqual([]);
    for (const secret of [...secrets, ...others, 'c0nfigS3cret', 'n0teS3cretValue'])
      expect(all).not.toContain(secret);
  });

  it('says of a netrc for which hosts it is, and of a secret place that it was not read', () => {
    expect(ran.text('nix/netrc.txt')).toContain('machine cache.example.org');
    expect(ports.files.count('readSlow', '/run/secrets/tokens')).toBe(0);
    expect(ran.record('nix-settings').problems).toContainEqual(
      expect.objectContaining({ where: '/run/secrets/tokens', cause: expect.stringContaining('never read') }),
    );
  });

  it('has what it is for', () => {
    expect(ran.text('etc/nix/nix.conf')).toMatch(/^max-jobs = 4\n/);
    expect(ran.text('processes/tree.txt')).toMatch(/5000 .*io_schedule/);
    expect(ran.text('nix/flake-inputs.txt')).toMatch(
      /input0: git:.* 1d0fe04d4ee5 from 2023-11-14, \d+ days old/,
    );
    expect(ran.text('logs/3wmfikm3d8yfj0yz8g3bnx3pv5s4bx2x-hello-2.12.drv.log')).toMatch(/\ndone\n$/);
    expect(chunks.flat()).toHaveLength(samples.length);
    expect(recorded).toContain('"host":{');
  });

  it('has no name of a host or a user, in file names neither', () => {
    expect(all).not.toMatch(/(?<![\w-])(?:ada|box)(?![\w-])/);
    expect([...ran.files.keys()]).toContain('home/user-1/.config/nix/nix.conf');
  });

  it('counts what was taken out of each file', () => {
    const counts = ran
      .record('nix-settings')
      .files.map(({ redactions }) => Object.values(redactions).reduce((a, b) => a + b, 0));
    expect(Math.max(...counts)).toBeGreaterThanOrEqual(90);
  });
});
