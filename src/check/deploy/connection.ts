/** Whether the target answers: to ssh, where it does not why, and to ping. */
import type { CheckItem } from '../../model/advice/check.ts';
import type { DeployFound } from '../../model/advice/checked-deploy.ts';
import type { Ping, Reach } from '../../model/advice/deploy-facts.ts';

type Refused = NonNullable<Extract<DeployFound, { kind: 'ssh' }>['refused']>;

/** sshconnect.c, sshconnect2.c; strerror(3). */
const words: readonly (readonly [RegExp, Refused])[] = [
  [/Permission denied \(|Too many authentication failures/, 'key'],
  [/Host key verification failed|IDENTIFICATION HAS CHANGED/, 'host-key'],
  [/Connection refused/, 'connection'],
  [/No route to host|is unreachable/, 'route'],
  [/Could not resolve hostname/, 'name'],
  [/timed out/i, 'time'],
];

export function reached(host: string, { sec, said }: Reach): CheckItem {
  const refused = said === null ? null : (words.find(([pattern]) => pattern.test(said))?.[1] ?? 'other');
  return {
    id: 'ssh',
    subject: host,
    state: refused === null ? 'ok' : 'failed',
    found: { kind: 'ssh', host, sec: refused === null ? sec : null, refused, said },
  };
}

/** A firewall may drop it: no answer is nothing to worry about where ssh had one, were it a refusal. */
export function pinged({ address, answered }: Ping, ssh: CheckItem): CheckItem {
  const { found } = ssh;
  const refused = found.kind === 'ssh' ? found.refused : 'other';
  const sshAnswers =
    refused === null || refused === 'key' || refused === 'host-key' || refused === 'connection';
  return {
    id: 'ping',
    subject: address,
    state: answered || sshAnswers ? 'ok' : 'warning',
    found: { kind: 'ping', address, answered, sshAnswers },
  };
}
