/** `nixpulse recover` at a terminal, on a store of the test's own: answered, killed in a step, begun again. */
import { readdirSync, readFileSync } from 'node:fs';
import { parseProgress } from '../../src/parse/recover-file.ts';
import { openPty } from '../support/pty.ts';
import type { NixStore } from './own-store.ts';
import { until } from './wait.ts';

export interface RecoverRun {
  /** All that was said, without colours. */
  readonly text: string;
  /** Null: it was killed. */
  readonly exitCode: number | null;
}

export interface Recovering {
  readonly directory: string;
  /** `answer`: of a question of that step; default what it asks for. */
  run(options?: { answer?(title: string): string; readonly killIn?: string }): Promise<RecoverRun>;
  /** Titles of what was carried out, as the journal has them. */
  journal(): readonly { readonly step: string; readonly status: string }[];
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal is told
const escapes = /\x1b\[[0-9;?]*[A-Za-z]/g;
const question = /(?:Do it\? \[y\/N\] |Type (\S+) to do it: )$/;

export function recovering(store: NixStore, procedure: string, args: readonly string[] = []): Recovering {
  const directory = `${store.directory}/home-state/nixpulse`;

  function isAt(step: string): boolean {
    try {
      const progress = parseProgress(readFileSync(`${directory}/recover/${procedure}.json`, 'utf8'));
      return progress?.steps.some(({ id }) => id === step) ?? false;
    } catch {
      return false;
    }
  }

  return {
    directory,
    async run({ answer, killIn } = {}) {
      using pty = openPty({
        ...{ columns: 100, rows: 60, args: ['recover', procedure, ...args], deadlineMs: 60_000 },
        env: { ...store.environment, XDG_STATE_HOME: `${store.directory}/home-state` },
      });
      const said = () => pty.output().replace(escapes, '').replaceAll('\r', '');
      let answered = 0;
      let exitCode: number | null | undefined;
      const ended = pty.exited().then((end) => {
        exitCode = end.signal === 9 ? null : end.exitCode;
      });
      const killed =
        killIn === undefined
          ? null
          : until(`the step ${killIn}`, () => exitCode !== undefined || isAt(killIn), { everyMs: 2 }).then(
              () => exitCode === undefined && pty.kill('SIGKILL'),
            );
      const asked = () => said().slice(answered).match(question);
      while (exitCode === undefined) {
        await until('a question or the end', () => exitCode !== undefined || asked() !== null, {
          ...{ everyMs: 10, deadlineMs: 60_000, detail: said },
        });
        const match = asked();
        if (exitCode !== undefined || match === null) continue;
        const [title = ''] =
          said()
            .match(/^\d+\/\d+ .*$/gm)
            ?.slice(-1) ?? [];
        answered = said().length;
        pty.write(`${answer?.(title) ?? match[1] ?? 'y'}\r`);
      }
      await Promise.all([ended, killed]);
      return { text: said(), exitCode };
    },
    journal: () =>
      readFileSync(`${directory}/journal.jsonl`, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .map(({ intent, status }) => ({ step: intent.step, status })),
  };
}

export function filesOf(directory: string, pattern: RegExp): readonly string[] {
  return readdirSync(directory).filter((name) => pattern.test(name));
}
