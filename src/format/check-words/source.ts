/** Items of `check deploy` about this machine and the way to the target, in words. */
import { bytesText } from '../../base/bytes.ts';
import { tookText } from '../../base/duration.ts';
import { shellWord } from '../../base/shell-word.ts';
import type { DeployFound } from '../../model/advice/checked-deploy.ts';
import type { Remedy } from '../../model/diagnosis/remedy.ts';
import type { WordsOf } from '../check-item-words.ts';
import { advice, here, settings, there } from '../check-remedies.ts';
import { evaluationText } from '../probe-words.ts';
import { listNames, noSuchName } from './missing-name.ts';

type Kinds = 'ping' | 'ssh' | 'configuration' | 'local-store';
type Refused = NonNullable<Extract<DeployFound, { kind: 'ssh' }>['refused']>;

export const sourceWords: Pick<WordsOf<DeployFound>, Kinds> = {
  ping: {
    title: 'answers ping',
    text: ({ address, answered, sshAnswers }) => {
      if (answered) return `${address} answers`;
      return `${address} does not answer${sshAnswers ? ', which a firewall may be for' : ''}`;
    },
    remedies: ({ address }) => [
      advice("compare the address with the one on the target's console (ip addr)"),
      here(`ip route get ${shellWord(address)}`, 'see which way is taken to it from here'),
      advice('of a virtual machine: change its network from NAT to bridged, or forward a port'),
    ],
    guide: ['Can you ping the target system?', 'Target Not Reachable'],
  },
  ssh: {
    title: 'answers ssh',
    text: ({ host, sec, said }) =>
      said === null ? `${host} answers${sec === null ? '' : ` in ${tookText(sec * 1000)}`}` : said,
    remedies: ({ host, refused }) => [
      ...(refused === null ? [] : ways[refused](host)),
      here(`ssh -vvv ${shellWord(host)} true`, 'see how far ssh comes'),
    ],
    guide: [
      'Can you SSH to the target manually?',
      'SSH Access Fails After Deployment',
      'Target Not Reachable',
      "Can't SSH After First Boot",
    ],
  },
  configuration: {
    title: 'configuration evaluates',
    text: ({ run, cause, wantsBuild, lacksName }) => {
      if (wantsBuild) return 'it wants to build while it evaluates, and nothing is built here';
      if (lacksName) return noSuchName(run.configuration);
      const why = cause === null ? '' : `: ${cause.title}${cause.text === null ? '' : ` – ${cause.text}`}`;
      return `${evaluationText(run)}${why}`;
    },
    remedies: ({ run, cause, lacksName }) => [
      ...(lacksName ? [listNames(run.configuration)] : (cause?.remedies ?? [])),
      here(`${dryRun(run.configuration)} 2>&1 | nixpulse explain`, 'see the whole error with its way out'),
      ...(lacksName
        ? []
        : [
            advice(
              'look for modules that are not imported (disko.nixosModules.disko) and options that must be set (networking.hostName, the disk, keys of root)',
            ),
          ]),
    ],
    guide: ['Does the configuration build locally?', 'Configuration Validation Fails', 'ISO Build Fails'],
  },
  'local-store': {
    title: 'room to build here',
    text: ({ freeBytes }) => `${bytesText(freeBytes)} free in /nix/store of this machine`,
    remedies: () => [
      {
        kind: 'command',
        command: 'nix-collect-garbage -d',
        root: true,
        title: 'free what nothing needs, with all old generations',
        risk: 'no way back to those generations',
      },
    ],
    guide: ['ISO Build Fails'],
  },
};

const ways: Readonly<Record<Refused, (host: string) => readonly Remedy[]>> = {
  key: (host) => [
    here(`ssh-copy-id ${shellWord(host)}`, 'add your key, where a password is still taken'),
    settings(
      ['users.users.root.openssh.authorizedKeys.keys = [ "ssh-ed25519 AAAA… you@here" ];'],
      'have the key in the configuration (of the installer, too), in one line and complete',
    ),
    here('ssh-add -l', 'see which keys the agent offers: with many of them, name one with IdentityFile'),
  ],
  'host-key': (host) => [
    here(`ssh ${shellWord(host)} true`, 'compare the fingerprint with the one on the console, and take it'),
    here(
      `ssh-keygen -R ${shellWord(host.replace(/^.*@/, ''))}`,
      'forget the key of what ran there before it was installed anew',
      'if it was not installed anew, another machine answers in its place',
    ),
  ],
  connection: () => [
    advice('wait two or three minutes where it is still booting'),
    there('systemctl start sshd', 'start the sshd, and see journalctl -u sshd where it does not start'),
    there('nft list ruleset', 'see whether the firewall refuses port 22'),
  ],
  route: (host) => [
    advice("compare the address with the one on the target's console (ip addr)"),
    here(`ip route get ${shellWord(host.replace(/^.*@/, ''))}`, 'see which way is taken to it from here'),
    advice('of a virtual machine: change its network from NAT to bridged, or forward a port'),
  ],
  name: () => [advice('use the address, or name it in ~/.ssh/config (Host, HostName)')],
  time: () => [
    advice('see on the console whether it has booted, and which address it has'),
    advice('a firewall on the way drops it: allow port 22 from here'),
  ],
  other: () => [],
};

/** Of `/etc/nixos#web`, and of a file, `/srv/machines.nix#web`. */
function dryRun(configuration: string): string {
  const [reference = '', attribute = ''] = configuration.split(/#(.*)/);
  if (/\.nix$/.test(reference)) {
    const path = [...(attribute === '' ? [] : [attribute]), 'config.system.build.toplevel'].join('.');
    return `nix-instantiate --show-trace ${shellWord(reference)} -A ${shellWord(path)}`;
  }
  const system = /^(?:nixosConfigurations|colmenaHive)\./.test(attribute)
    ? attribute
    : `nixosConfigurations.${attribute}`;
  return `nix build --dry-run --show-trace ${shellWord(`${reference}#${system}.config.system.build.toplevel`)}`;
}
