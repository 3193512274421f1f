/**
 * The kernel prints its messages on the text console in front (TERM=linux), over whatever is there, and scrolls it.
 * Nobody tells who drew it, so all of it is drawn anew: at once when the kernel has spoken, and now and then.
 */
import { type KernelMessages, openKernelMessages } from './kernel-messages.ts';

export interface ConsoleOptions {
  after(ms: number, call: () => void): () => void;
  /** Draws everything anew. */
  refresh(): void;
  readonly openMessages?: () => Promise<KernelMessages | null>;
}

const checkMs = 250;
/** What a console shows that is not from us is gone after so long, whoever wrote it. */
const refreshMs = 2000;

/** Gives what ends it. */
export function keepConsole({
  after,
  refresh,
  openMessages = openKernelMessages,
}: ConsoleOptions): () => void {
  let messages: KernelMessages | null = null;
  let asking = false;
  let ended = false;
  let cancelCheck = after(checkMs, check);
  // A timer of its own: where each comes late, checks that are counted would come late as often as there are.
  let cancelRefresh = after(refreshMs, draw);

  function check(): void {
    cancelCheck = after(checkMs, check);
    if (!asking) void ask();
  }

  function draw(): void {
    cancelRefresh();
    cancelRefresh = after(refreshMs, draw);
    refresh();
  }

  async function ask(): Promise<void> {
    asking = true;
    if ((await messages?.spoke()) === true && !ended) draw();
    asking = false;
  }

  void openMessages().then((opened) => {
    if (ended) opened?.close();
    else messages = opened;
  });
  return () => {
    ended = true;
    cancelCheck();
    cancelRefresh();
    messages?.close();
  };
}
