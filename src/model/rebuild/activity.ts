/** What Nix says it is doing: its activities by name, each with what belongs to it (src/libutil/logging.hh). */

/** Something a goal stands still for, in the words of the activity or message that says so. */
export type WaitFor =
  /** Another process builds or registers this output. */
  | { readonly kind: 'output-lock'; readonly paths: readonly string[] }
  | { readonly kind: 'machine'; readonly drv: string | null }
  | { readonly kind: 'build-user'; readonly drv: string | null }
  /** One client at a time copies to a builder; it is given up after 15 minutes. */
  | { readonly kind: 'upload-lock'; readonly host: string }
  | { readonly kind: 'garbage-collection' }
  | { readonly kind: 'store-lock' }
  | { readonly kind: 'profile-lock'; readonly path: string }
  /** Since Nix 2.35 an input is fetched once for all clients. */
  | { readonly kind: 'fetch-lock'; readonly input: string }
  | { readonly kind: 'database'; readonly path: string }
  | { readonly kind: 'other'; readonly text: string };

export type Activity =
  /** `host` null: this machine. */
  | { readonly type: 'build'; readonly drv: string; readonly host: string | null }
  | { readonly type: 'substitute'; readonly path: string; readonly from: string }
  /** Progress in bytes of the unpacked path; one of `from` and `to` is `local` or `daemon`. */
  | {
      readonly type: 'copy';
      readonly path: string;
      readonly from: string | null;
      readonly to: string | null;
    }
  /** Progress in bytes as they come over the network. */
  | { readonly type: 'download'; readonly url: string }
  | { readonly type: 'query'; readonly path: string; readonly from: string }
  /** Their counters are those of one goal tree: builds, paths; `realise` has the expected bytes. */
  | { readonly type: 'realise' | 'copies' | 'builds' }
  | { readonly type: 'hook'; readonly drv: string | null }
  | { readonly type: 'wait'; readonly for: WaitFor }
  | { readonly type: 'evaluate'; readonly what: string }
  /** Files of the configuration on their way to the store. */
  | { readonly type: 'copy-source'; readonly path: string }
  /** An input of a flake, or `builtins.fetchTree`; null where it is not said. */
  | { readonly type: 'fetch'; readonly input: string | null }
  /** Steps of a build on another machine. */
  | { readonly type: 'connect' | 'send' | 'receive'; readonly host: string }
  | { readonly type: 'optimise' | 'verify' }
  /** New numbers come with every release: kept, shown by their text, never an error. */
  | { readonly type: 'other'; readonly number: number };
