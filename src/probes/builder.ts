/** A machine that builds for this one, connected to as Nix does it, and never asking for a password. */
import { fail, ok, orNull, type Result } from '../base/problem.ts';
import { withoutEscapes } from '../base/text.ts';
import { type BuilderLine, includesOf, parseMachines, storeAddressOf } from '../parse/machines.ts';
import { type NixConfig, parseNixConfigJson, wordsOf } from '../parse/nix-config-json.ts';
import { parseStoreInfo, type StoreInfo } from '../parse/store-info.ts';
import { nixCommand, readNixConfig } from './nix-config.ts';
import type { Probe, ProbeContext } from './probe.ts';
import { notInstalled, type ProgramOutput, runProgram } from './run-program.ts';

const connectSec = 10;
const batch = ['-o', 'BatchMode=yes', '-o', `ConnectTimeout=${connectSec}`] as const;
/** The newest first; those that do not know one fail before they connect. */
const questions = [['info', '--json'], ['ping', '--json'], ['ping']] as const;
/** Nix 2.34; 2.8. */
const withoutSsh = /^error: (?:Could not find executable 'ssh'|unable to execute 'ssh')/;
const unknownWords = /is not a recognised command|unrecognised flag/;

export const builder: Probe<'builder'> = async (subject, context) => {
  const named = subject ?? '';
  const address = named.includes('://') ? named : `ssh://${named}`;
  if (!/^(?:ssh|ssh-ng):\/\/[^-]/.test(address)) return fail('unsupported', address, 'ssh and ssh-ng only');
  const config = await readNixConfig(context);
  const line = await lineOf(address, config, context);
  const key = line?.sshKey ?? null;
  const options = [...batch, ...(key === null ? [] : ['-i', key])];
  context.progress('connects');
  const { clock } = context.ports;
  const startedMs = clock.monotonic();
  const asked = await ask(line === null ? address : storeAddressOf(line), options, context);
  if (!asked.ok) return asked;
  if (context.cancelled.aborted) return fail('timeout', address, 'cancelled');
  const sec = (clock.monotonic() - startedMs) / 1000;
  const { info, said } = asked.value;
  // What this machine believes, where that one does not tell.
  const believed = {
    systems: line === null || line.systems.length === 0 ? null : line.systems,
    features: line?.features ?? null,
  };
  if (info === null)
    return ok({ reachable: false, sec: null, nixVersion: null, trusted: null, ...believed, said });
  context.progress('asks what it offers');
  const offered = await offerOf(address, options, context);
  return ok({
    reachable: true,
    sec,
    nixVersion: info.version,
    trusted: info.trusted,
    systems: offered?.systems ?? believed.systems,
    features: offered?.features ?? believed.features,
    said: null,
  });
};

async function ask(
  address: string,
  options: readonly string[],
  context: ProbeContext,
): Promise<Result<{ readonly info: StoreInfo | null; readonly said: string | null }>> {
  for (const words of questions) {
    const asked = await runProgram(context, [...nixCommand, 'store', ...words, '--store', address], {
      environment: { NIX_SSHOPTS: options.join(' ') },
      from: 'nix',
    });
    if (!asked.ok) return asked;
    const { exitCode, stdout, stderr } = asked.value;
    if (exitCode !== 0 && stderr.some((text) => unknownWords.test(text))) continue;
    // The old one says on stderr what the new one says on stdout.
    const text = stdout.some((one) => one.trim() !== '') ? stdout.join('\n') : stderr.join('\n');
    const info = exitCode === 0 ? parseStoreInfo(text) : null;
    // Nothing is known of the builder where it is this machine that has no ssh.
    if (info === null && stderr.some((line) => withoutSsh.test(withoutEscapes(line))))
      return notInstalled('ssh', 'openssh');
    return ok({ info, said: info === null ? complaintOf(asked.value) : null });
  }
  return fail('unsupported', 'nix', 'this Nix cannot ask a store (before 2.4)');
}

/** What ssh says tells more than what Nix makes of it. */
function complaintOf({ stderr, exitCode }: ProgramOutput): string {
  const lines = stderr
    // Nix 2.34 colours what it says to a pipe, too.
    .map((line) => withoutEscapes(line).trim())
    // Nix 2.8 says there whom it asks, too.
    .filter((line) => line !== '' && !/^(?:warning|Store URL):/.test(line));
  const ofSsh = lines.find((line) => !line.startsWith('error:'));
  return (ofSsh ?? lines[0] ?? `nix ended with ${exitCode}`).slice(0, 200);
}

interface Offer {
  readonly systems: readonly string[] | null;
  readonly features: readonly string[] | null;
}

/** By its own Nix; null where we may do nothing there but talk to its daemon. */
async function offerOf(
  address: string,
  options: readonly string[],
  context: ProbeContext,
): Promise<Offer | null> {
  const host = /^[a-z-]+:\/\/([^/?]+)/.exec(address)?.[1] ?? '';
  // For it Nix takes no ssh, either (SSHMaster, src/libstore/ssh.cc).
  if (host === 'localhost') return offer(await readNixConfig(context));
  const said = await runProgram(context, [
    'ssh',
    ...['-n', '-T', ...options, ...destinationOf(host)],
    ...['--', 'nix', '--extra-experimental-features', 'nix-command', 'show-config', '--json'],
  ]);
  return said.ok && said.value.exitCode === 0
    ? offer(parseNixConfigJson(said.value.stdout.join('\n')))
    : null;
}

/** `user@host:port`, Nix 2.31. */
function destinationOf(host: string): readonly string[] {
  const port = /^(?<name>[^:]+|.*\]):(?<port>\d+)$/.exec(host)?.groups;
  return port === undefined ? [host] : ['-p', port.port ?? '22', port.name ?? host];
}

function offer(config: NixConfig | null): Offer | null {
  if (config === null) return null;
  const systems = [...(wordsOf(config, 'system') ?? []), ...(wordsOf(config, 'extra-platforms') ?? [])];
  return { systems: systems.length === 0 ? null : systems, features: wordsOf(config, 'system-features') };
}

/** That of the settings with the same address, whatever is set behind it. */
async function lineOf(
  address: string,
  config: NixConfig | null,
  { ports: { ownFiles } }: ProbeContext,
): Promise<BuilderLine | null> {
  const value = config?.get('builders');
  const builders = typeof value === 'string' ? value : '@/etc/nix/machines';
  const texts = [builders];
  for (const path of includesOf(builders)) {
    const text = orNull(await ownFiles.read(path, { maxBytes: 1 << 20 }));
    if (text !== null) texts.push(text);
  }
  const bare = (one: string) => one.replace(/\?.*$/, '').replace(/\/+$/, '');
  return texts.flatMap(parseMachines).find((line) => bare(line.address) === bare(address)) ?? null;
}
