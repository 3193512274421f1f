/** What a client does: told by its command where that does one thing only, else by what it holds, waits for and uses. */

import type { ClientPhase } from '../model.ts';
import { nameOfStorePath } from '../nix-store/store-path.ts';
import type { ProcessRaw } from '../sample.ts';
import { toolOfComm } from './nix-tools.ts';
import { argvOf } from './process-graph.ts';

export interface PhaseFacts {
  readonly builds: number;
  readonly waits: boolean;
  readonly copies: boolean;
  readonly cpuPercent: number | null;
  /** CPU of the workers that serve it. */
  readonly servedPercent: number;
  /** Whether it may wait for a lock, or copy slowly, without our seeing it. */
  readonly unseen: boolean;
}

/** CPU share from which a client or worker is at work. */
const workingPercent = 5;

/** `serving`: copies while it uses CPU; `other`: neither evaluates nor copies. */
type Work = 'evaluating' | 'copying' | (typeof lasting)[number] | 'serving' | 'other';

/** What goes on from its first moment to its last. */
const lasting = ['collecting garbage', 'verifying', 'optimising'] as const;

/** Null: it cannot be known. */
export function phaseOf(processes: readonly ProcessRaw[], facts: PhaseFacts): ClientPhase | null {
  const works = new Set(processes.map(workOf));
  const whole = lasting.find((work) => works.has(work));
  if (whole !== undefined) return whole;
  if (facts.builds > 0) return 'building';
  if (facts.waits) return 'waiting';
  if (facts.copies || works.has('copying')) return 'copying';
  if ((facts.cpuPercent ?? 0) >= workingPercent && !works.has('serving')) {
    return works.has('other') && !works.has('evaluating') ? null : 'evaluating';
  }
  if ((facts.cpuPercent ?? 0) >= workingPercent || facts.servedPercent >= workingPercent) return 'copying';
  return facts.unseen ? null : 'idle';
}

/** Null of a process that is no Nix command by itself. */
function workOf(process: ProcessRaw): Work | null {
  const argv = argvOf(process);
  switch (toolOfComm(process.comm)) {
    case 'nix':
      return workOfNix(argv);
    case 'nix-store':
      return storeOptions.find(([options]) => options.some((one) => argv.includes(one)))?.[1] ?? 'other';
    case 'nix-collect-garbage':
      return 'collecting garbage';
    case 'nix-copy-closure':
    case 'nix-daemon':
    case 'cachix':
      return 'serving';
    case 'nix-build':
    case 'nix-env':
    case 'nix-instantiate':
    case 'nix-shell':
    case 'nix-eval-jobs':
      return 'evaluating';
    default:
      return null;
  }
}

/** nix-store(1): what it is asked for is an option. */
const storeOptions: readonly (readonly [readonly string[], Work])[] = [
  [['--gc'], 'collecting garbage'],
  [['--verify', '--verify-path'], 'verifying'],
  [['--optimise', '--optimize'], 'optimising'],
  [['--realise', '-r', '--serve', '--import', '--export', '--restore', '--dump', '--add'], 'serving'],
];

/** Commands of `nix` (nix3); its words may stand behind options and their values. */
const nixCommand =
  /^(?:build|bundle|config|copy|derivation|develop|edit|env|eval|flake|fmt|formatter|hash|key|log|nar|path-info|print-dev-env|profile|realisation|registry|repl|run|search|shell|show-derivation|store|upgrade-nix|why-depends)$/;
const neverEvaluates = /^(?:config|hash|key|log|nar|realisation|registry|store)$/;

function workOfNix(argv: readonly string[]): Work {
  if (argv.length === 0) return 'other';
  const words = argv.slice(1).filter((word) => !word.startsWith('-'));
  const [command, verb] = words.slice(
    Math.max(
      0,
      words.findIndex((word) => nixCommand.test(word)),
    ),
  );
  if (command === 'store' && verb === 'gc') return 'collecting garbage';
  if (command === 'store' && verb === 'verify') return 'verifying';
  if (command === 'store' && /^optimi[sz]e$/.test(verb ?? '')) return 'optimising';
  // Where it is given store paths there is nothing to evaluate.
  const ofPaths = words.some((word) => nameOfStorePath(word) !== null) || argv.includes('--all');
  if (command === 'copy') return ofPaths ? 'copying' : 'evaluating';
  if (command === 'store') return /^copy-/.test(verb ?? '') ? 'copying' : 'other';
  return neverEvaluates.test(command ?? '') || (command === 'path-info' && ofPaths) ? 'other' : 'evaluating';
}
