/** Probes that are asked for with a diagnosis: one after the other, with their progress on stderr. */

import type { AskedProbe } from '../../cli/table.ts';
import { settlingProbes, type WantedProbe } from '../../diagnose/settling-probes.ts';
import { probeResultText, probeTitle, refusalText, subjectPlace } from '../../format/probe-words.ts';
import { likelySubject } from '../../model/diagnosis/likely-subject.ts';
import type { ProbeRunner } from '../../model/diagnosis/probe-runner.ts';
import { probeRow } from '../../model/diagnosis/probe-table.ts';
import type { Model } from '../../model/model.ts';
import type { VerbIo } from '../verb/verb-io.ts';

export interface RunWantedOptions {
  readonly runner: ProbeRunner;
  /** `true`: those that settle what is open and cost little. */
  readonly asked: readonly AskedProbe[] | true;
  readonly readOnly: boolean;
  readonly io: Pick<VerbIo, 'say' | 'draw' | 'onInterrupt'>;
}

/** Resolves with false where Ctrl-C ended them. */
export async function runWanted(model: Model, options: RunWantedOptions): Promise<boolean> {
  const { runner, asked, readOnly, io } = options;
  let interrupted = false;
  let running: WantedProbe | null = null;
  const release = io.onInterrupt(() => {
    interrupted = true;
    if (running !== null) runner.cancel(running.probe, running.subject);
  });
  const wanted = asked === true ? settlingProbes(model) : asked.map((one) => withSubject(one, model));
  if (wanted.length === 0) io.say('nixpulse: nothing is open that a quick test would settle');
  try {
    for (const { probe, subject } of wanted) {
      if (interrupted) break;
      const title = probeTitle(probe, subject);
      const { touches, costs, confirm } = probeRow(probe);
      if (readOnly && touches !== null) {
        io.say(`nixpulse: ${title}: not with --read-only: ${touches}`);
        continue;
      }
      const started = runner.run(probe, subject, {
        onProgress: (text) => io.draw?.(`${title}: ${text}`),
      });
      if (!started.ok) {
        const { refusal } = started;
        const how =
          refusal.kind === 'subject' && subject === null ? `: --probe=${probe}:${subjectPlace(probe)}` : '';
        io.say(`nixpulse: ${title}: ${refusalText(refusal)}${how}`);
        continue;
      }
      running = { probe, subject };
      if (confirm || io.draw === null) io.say(`nixpulse: ${title} (${costs})`);
      else io.draw(title);
      const result = await started.done;
      running = null;
      io.draw?.('');
      if (result !== null) io.say(`nixpulse: ${title}: ${probeResultText(result)}`);
    }
  } finally {
    release();
  }
  return !interrupted;
}

/** The one that was named; else what a finding is about that it would settle; else what it is about by itself. */
function withSubject({ probe, subject }: AskedProbe, model: Model): WantedProbe {
  if (subject !== null) return { probe, subject };
  const finding =
    model.findings.find((one) => one.probe === probe) ??
    model.findings.find((one) => {
      return typeof likelySubject(probe, one, model) === 'string';
    });
  return { probe, subject: likelySubject(probe, finding ?? null, model) ?? null };
}
