/** What a store path on the disk contains: its NAR's hash and size, and which other paths it names. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';

export interface Contents {
  /** `sha256:…` in base 16. */
  readonly hash: string;
  readonly narBytes: number;
  readonly references: ReadonlySet<string>;
}

/** Nix's base 32, as long as the hash of a path (refs scanner of Nix, src/libstore/references.cc). */
const run = /[0-9a-df-np-sv-z]{32,}/g;
const hashLength = 32;
/** What a derivation makes is named in it, and is none of its references (ATerm of derivations.cc). */
const outputs = /^(?:Derive\(|DrvWithVersion\("[^"]*",)\[(.*?)\],\[/s;

/** Paths of a store by their hash. Locks, links and what is under way are none. */
export function entriesOf(store: string): ReadonlyMap<string, string> {
  const names = readdirSync(store).filter((name) => /^[0-9a-df-np-sv-z]{32}-[\w+\-.?=]+$/.test(name));
  return new Map(
    names
      .filter((name) => !/\.(?:chroot|tmp-[0-9-]+)$/.test(name))
      .filter((name) => !name.endsWith('.lock') || !isEmpty(`${store}/${name}`))
      .map((name) => [name.slice(0, hashLength), `${store}/${name}`]),
  );
}

/** As Nix's locks are, and no Cargo.lock is. */
function isEmpty(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.size === 0;
}

export function isOnDisk(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** `nix-store --dump` opens no store: it works whatever the database is like. */
export async function contentsOf(path: string, entries: ReadonlyMap<string, string>): Promise<Contents> {
  const dump = spawn('nix-store', ['--dump', path], { stdio: ['ignore', 'pipe', 'pipe'] });
  const hash = createHash('sha256');
  const references = new Set<string>();
  let narBytes = 0;
  let before = '';
  let said = '';
  dump.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-1000);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    dump.once('error', reject);
    dump.once('close', resolve);
  });
  for await (const chunk of dump.stdout as AsyncIterable<Buffer>) {
    hash.update(chunk);
    narBytes += chunk.length;
    const text = before + chunk.toString('latin1');
    for (const [found] of text.matchAll(run)) {
      for (let at = 0; at + hashLength <= found.length; at += 1) {
        const named = entries.get(found.slice(at, at + hashLength));
        if (named !== undefined) references.add(named);
      }
    }
    before = text.slice(1 - hashLength);
  }
  if ((await ended) !== 0) throw new Error(`nix-store --dump ${path}: ${said.trim()}`);
  for (const { made } of path.endsWith('.drv') ? outputsOf(path) : []) references.delete(made);
  return { hash: `sha256:${hash.digest('hex')}`, narBytes, references };
}

/** Of a derivation, as far as it names them beforehand. */
export function outputsOf(path: string): readonly { readonly name: string; readonly made: string }[] {
  const [, list = ''] = outputs.exec(readFileSync(path, 'latin1')) ?? [];
  return [...list.matchAll(/\("([^"]*)","([^"]*)"/g)]
    .map(([, name = '', made = '']) => ({ name, made }))
    .filter(({ made }) => made !== '');
}
