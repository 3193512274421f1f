/** Ink thinks that it draws whole frames into a log; the terminal, its modes and its keys are ours. */
import { type Instance, render } from 'ink';
import { createElement, type ReactElement } from 'react';
import type { OpenTerminal } from './open-terminal.ts';
import { RowKeysContext } from './row-keys.ts';
import type { TerminalInput } from './session.ts';

/** What fails leaves the terminal with the error. */
export function draw(
  tree: ReactElement,
  { terminal, stdin }: { readonly terminal: OpenTerminal; readonly stdin: TerminalInput },
): Instance | undefined {
  const failed = (error: unknown) => terminal.leave({ exitCode: 1, error });
  try {
    const { inkStdout } = terminal;
    const ink = render(createElement(RowKeysContext, { value: inkStdout.rowKeys }, tree), {
      stdout: inkStdout as unknown as NodeJS.WriteStream,
      stdin: stdin as NodeJS.ReadStream,
      debug: true,
      interactive: true,
      exitOnCtrlC: false,
      patchConsole: false,
    });
    ink.waitUntilExit().then(() => terminal.leave({ exitCode: 0 }), failed);
    return ink;
  } catch (error) {
    failed(error);
    return undefined;
  }
}

export function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
