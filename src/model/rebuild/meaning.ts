/** What a message of Nix says, as data. */
import type { WaitFor } from './activity.ts';
import type { Download, FailureSaid } from './failure.ts';

export type Meaning =
  | ({ readonly kind: 'failure' } & FailureSaid)
  | { readonly kind: 'wait'; readonly for: WaitFor }
  /** A download that is tried again, or whose failure is no error yet. */
  | ({
      readonly kind: 'download-trouble';
      readonly retryMs: number | null;
      readonly attempt: number | null;
      readonly attempts: number | null;
    } & Download)
  | { readonly kind: 'cache-off'; readonly url: string; readonly seconds: number }
  | { readonly kind: 'unsigned'; readonly path: string; readonly from: string | null }
  /** `copying path 'P' (N bytes, compressed …) to binary cache`: the size of what was sent. */
  | { readonly kind: 'sent'; readonly path: string; readonly bytes: number };
