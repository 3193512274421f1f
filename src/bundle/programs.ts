/** Programs that a bundle asks, bounded in time and bytes, wherever their start hangs. */
import type { Result } from '../base/problem.ts';

export interface ProgramOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** More came than was kept. */
  readonly cut: boolean;
  /** It had not ended in time: `killed`, or `left` where not even that ended it. */
  readonly late: 'killed' | 'left' | null;
}

export interface ProgramBounds {
  readonly timeMs: number;
  readonly mostBytes: number;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Apart {
  /** `gone`: there is no such program. `timeout`: it could not even be started. */
  run(command: readonly [string, ...string[]], bounds: ProgramBounds): Promise<Result<ProgramOutput>>;
}
