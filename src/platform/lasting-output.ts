/** Output that does not depend on its reader: a nameless file, which a process goes on writing when nobody reads. */
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';

export interface LastingOutput {
  /** For the process: its standard output and error. */
  readonly descriptor: number;
  /** What is left is read; the file is gone with the last who writes to it. */
  end(): Promise<void>;
}

/** Memory first: what is rolled back may be a machine whose disk is full. */
const folders = ['/dev/shm', tmpdir()];
const lookEveryMs = 100;

/** Null where no file can be made. `add` gets the text as it comes. */
export async function openLastingOutput(add: (text: string) => void): Promise<LastingOutput | null> {
  for (const folder of folders) {
    const files = await openNameless(folder).catch(() => null);
    if (files !== null) return follow(files.reader, files.writer, add);
  }
  return null;
}

async function openNameless(folder: string): Promise<{ reader: FileHandle; writer: FileHandle }> {
  // Its own directory: nobody else can put a link in the place of the file.
  const directory = await mkdtemp(join(folder, 'nixpulse-'));
  try {
    const path = join(directory, 'output');
    const writer = await open(path, 'ax', 0o600);
    const reader = await open(path, 'r').catch(async (error: unknown) => {
      await writer.close();
      throw error;
    });
    return { reader, writer };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function follow(reader: FileHandle, writer: FileHandle, add: (text: string) => void): LastingOutput {
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.alloc(64 * 1024);
  let position = 0;
  let ended = false;
  let wake: () => void = () => {};

  async function readOn(): Promise<void> {
    for (;;) {
      const { bytesRead } = await reader.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      add(decoder.write(buffer.subarray(0, bytesRead)));
    }
  }

  async function run(): Promise<void> {
    while (!ended) {
      await readOn();
      if (ended) break;
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, lookEveryMs);
      });
    }
    await readOn();
    add(decoder.end());
    await reader.close();
  }

  const done = run();
  return {
    descriptor: writer.fd,
    async end() {
      ended = true;
      wake();
      await Promise.all([writer.close(), done]);
    },
  };
}
