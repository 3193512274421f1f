/** An evaluation under limits that went well, but for what a test changes. */
import type { EvaluationRun } from '../../src/model/diagnosis/probe-values.ts';

export function evaluationRun(more: Partial<EvaluationRun> = {}): EvaluationRun {
  return {
    end: 'done',
    configuration: '/etc/nixos#box',
    sec: 12,
    limitSec: 600,
    peakBytes: 5e8,
    limitBytes: 4e9,
    error: null,
    repeated: [],
    omittedFrames: 0,
    options: [],
    files: [],
    ...more,
  };
}
