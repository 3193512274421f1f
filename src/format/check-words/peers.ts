/** Caches, builders and what builds want of them, in words. */
import { bytesText } from '../../base/bytes.ts';
import { tookText } from '../../base/duration.ts';
import { nixString } from '../../base/nix-string.ts';
import { listText, plural } from '../../base/plural.ts';
import { shellWord } from '../../base/shell-word.ts';
import type { FeaturesFound, LackingFeatures, RebuildFound } from '../../model/advice/checked-rebuild.ts';
import type { Remedy } from '../../model/diagnosis/remedy.ts';
import type { WordsOf } from '../check-item-words.ts';
import { sshTo } from '../ssh-words.ts';

type PeerFound = Extract<RebuildFound, { kind: 'cache' | 'builder' | 'machines' | 'features' }>;
type Cache = Extract<RebuildFound, { kind: 'cache' }>;

export const peerWords: WordsOf<PeerFound> = {
  cache: { title: 'cache', text: cacheText, remedies: cacheRemedies },
  builder: {
    title: 'builder',
    text: ({ address, reachable, sec, nixVersion, lacks, said }) => {
      if (!reachable) return `${address} does not answer${said === null ? '' : `: ${said}`}`;
      const version = nixVersion === null ? '' : `, Nix ${nixVersion}`;
      const less = lacks.length === 0 ? '' : `, without ${listText(lacks)} that its line promises`;
      return `${address} answers${sec === null ? '' : ` in ${tookText(sec * 1000)}`}${version}${less}`;
    },
    remedies: ({ address, reachable, lacks }) =>
      reachable
        ? [
            {
              kind: 'advice',
              title: `let it offer ${listText(lacks)} (system-features and extra-platforms there), or take it out of its line`,
              risk: null,
            },
          ]
        : [
            {
              kind: 'command',
              command: `ssh -v ${sshTo(address)} true`,
              root: true,
              title: 'see how far ssh comes, as the user of the daemon',
              risk: null,
            },
            {
              kind: 'advice',
              title: "build without it this time: --option builders '' behind the command",
              risk: null,
            },
          ],
  },
  machines: {
    title: 'lines of builders',
    text: ({ refused }) =>
      `Nix refuses ${listText(
        refused.map(({ line, why }) => `'${line}' (${why})`),
        2,
      )}, and with it every builder`,
    remedies: () => [
      {
        kind: 'advice',
        title:
          'mend it: URI SYSTEMS SSH-KEY MAX-JOBS SPEED FEATURES MANDATORY-FEATURES HOST-KEY, - for what is usual',
        risk: null,
      },
    ],
  },
  features: { title: 'who can build it', text: featuresText, remedies: featureRemedies },
};

function cacheText(found: Cache): string {
  const { address, reachable, sec, httpStatus, bytesPerSec, trusted, keys, otherStore, said } = found;
  if (!reachable) return `${address} does not answer${said === null ? '' : `: ${said}`}`;
  if (said !== null) return `${address} answers, and is of no use: ${said}`;
  if (otherStore !== null) return `${address} is of another store, ${otherStore}`;
  const time = sec === null ? '' : ` in ${tookText(sec * 1000)}`;
  const speed = bytesPerSec === null ? '' : `, ${bytesText(bytesPerSec)}/s`;
  const trust =
    trusted === false
      ? `, and signs with ${keys.length === 0 ? 'no key' : listText(keys)}, which nix.conf does not trust`
      : trusted === null
        ? ', whether it is trusted is not told'
        : '';
  return `${address} answers${time}${httpStatus === 200 || httpStatus === null ? '' : ` (${httpStatus})`}${speed}${trust}`;
}

function cacheRemedies({ address, reachable, trusted, otherStore, said }: Cache): readonly Remedy[] {
  if (trusted === false && reachable && said === null && otherStore === null)
    return [
      {
        kind: 'nix',
        lines: ['nix.settings.trusted-public-keys = [ "NAME:KEY" ];'],
        title: 'trust its key, where you trust who holds it',
        risk: 'what it signs is taken as it is',
      },
    ];
  return [
    ...(usualCache.test(address) ? [reachIt(address)] : [withoutIt(address)]),
    {
      kind: 'nix',
      lines: ['nix.settings.connect-timeout = 5;', 'nix.settings.fallback = true;'],
      title: 'wait less for what does not answer, and build what cannot be fetched',
      risk: null,
    },
  ];
}

const usualCache = /^https:\/\/cache\.nixos\.org\/?(?:\?|$)/;

/** Without the one that has everything a rebuild builds the world. */
function reachIt(address: string): Remedy {
  return {
    kind: 'command',
    command: `curl -v ${shellWord(`${address.replace(/\/?(?:\?.*)?$/, '')}/nix-cache-info`)}`,
    root: false,
    title: 'see where it ends: name, route, proxy or certificate',
    risk: null,
  };
}

function withoutIt(address: string): Remedy {
  return {
    kind: 'advice',
    title: `leave ${address} out this time, for each path is asked for there, too: --option substituters https://cache.nixos.org behind the command`,
    risk: 'what it alone has is built',
  };
}

function featuresText({ builds, unread, lacking, here, builders }: FeaturesFound): string {
  const [first, ...rest] = lacking;
  if (first === undefined) {
    if (builds === 0) return 'nothing is built';
    if (here.features === null) return `${plural(builds, 'build')}; what this machine offers is not known`;
    if (unread === builds) return `${plural(builds, 'build')}, none of which could be looked at`;
    const not = unread === 0 ? '' : `, ${unread} of them were not looked at`;
    return `${plural(builds, 'build')}, each of which this machine or a builder takes${not}`;
  }
  const count = lacking.reduce((sum, one) => sum + one.builds, 0);
  const more = rest.length === 0 ? '' : `; ${listText(rest.map(wantText), 3)}`;
  return `${plural(count, 'build')} of ${builds} ${lacking.every(({ perhaps }) => perhaps) ? 'may' : 'can'} be built nowhere: ${wantText(first)}${more}; this machine offers ${offerText(here.platforms.slice(0, 2), here.features)}${whyHere(here, lacking)}${buildersText(builders)}`;
}

/** `nixos-test-x wants kvm on x86_64-linux`. */
function wantText({ example, builds, features, system, unreached, perhaps }: LackingFeatures): string {
  const who = builds === 1 ? example : `${example} and ${builds - 1} more`;
  const wants = features.length === 0 ? system : `${listText(features)} on ${system}`;
  const there =
    unreached.length === 0
      ? ''
      : `, which ${listText(unreached)} offers and ${perhaps ? 'could not be asked' : 'does not answer'}`;
  return `${who} want${builds === 1 ? 's' : ''} ${wants}${there}`;
}

function offerText(platforms: readonly string[], features: readonly string[] | null): string {
  const names =
    features === null
      ? 'features that are not known'
      : features.length === 0
        ? 'no features'
        : listText(features, 8);
  return `${names} on ${listText(platforms)}`;
}

function whyHere(here: FeaturesFound['here'], lacking: FeaturesFound['lacking']): string {
  if (here.maxJobs === 0) return ', and builds nothing (max-jobs is 0)';
  const missing = new Set(lacking.flatMap(({ missingHere }) => missingHere));
  const replaced = here.replaced ? ': system-features of nix.conf replaces the usual ones' : '';
  const kvm = missing.has('kvm')
    ? here.kvm === true
      ? '; /dev/kvm is there'
      : here.kvm === false
        ? '; there is no /dev/kvm'
        : ''
    : '';
  return `${replaced}${kvm}`;
}

function buildersText(builders: FeaturesFound['builders']): string {
  if (builders.length === 0) return '; no other machine is set up';
  const offers = builders.map(
    ({ address, platforms, features }) => `${hostOf(address)} offers ${offerText(platforms, features)}`,
  );
  return `; ${listText(offers, 3)}`;
}

function featureRemedies({ lacking, here }: FeaturesFound): readonly Remedy[] {
  if (lacking.length === 0) return [];
  const missing = [...new Set(lacking.flatMap(({ missingHere }) => missingHere))];
  const foreign = lacking.find(({ system }) => !here.platforms.includes(system))?.system;
  const remedies: Remedy[] = [];
  if (lacking.some(({ unreached }) => unreached.length > 0))
    remedies.push({ kind: 'advice', title: 'bring back the builder that offers it', risk: null });
  if (here.maxJobs === 0)
    remedies.push({
      kind: 'nix',
      lines: ['nix.settings.max-jobs = "auto";'],
      title: 'let this machine build, too',
      risk: null,
    });
  if (missing.length > 0 && !(missing.includes('kvm') && here.kvm === false)) {
    const usual = here.replaced ? ['nixos-test', 'benchmark', 'big-parallel'] : [];
    const names = [...new Set([...usual, ...(here.features ?? []), ...missing])];
    remedies.push({
      kind: 'nix',
      lines: [`nix.settings.system-features = [ ${names.map(nixString).join(' ')} ];`],
      title: 'say that this machine has it, where it does',
      risk: null,
    });
  }
  if (missing.includes('kvm') && here.kvm === false)
    remedies.push({
      kind: 'advice',
      title:
        'switch virtualisation on in the firmware, nested virtualisation at the host, and load kvm_intel or kvm_amd',
      risk: null,
    });
  if (foreign !== undefined)
    remedies.push({
      kind: 'nix',
      lines: [`boot.binfmt.emulatedSystems = [ ${nixString(foreign)} ];`],
      title: `build for ${foreign} by emulation, or set up a builder that is one`,
      risk: 'it is slow',
    });
  return remedies;
}

/** `ssh-ng://user@host?…` is `user@host`. */
function hostOf(address: string): string {
  return address.replace(/^[a-z-]+:\/\//, '').replace(/[/?].*$/, '');
}
