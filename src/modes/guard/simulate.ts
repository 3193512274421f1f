/** `nixpulse guard simulate RECORDING`: what a guard would have done, by the settings in force. */
import { jsonDocument } from '../../base/json-text.ts';
import { formatSimulation, simulationDocument } from '../../format/guard-simulation.ts';
import { colorPaint, noPaint } from '../../format/paint.ts';
import { createSimulation } from '../../guard/simulation.ts';
import { complaintText } from '../../model/settings/setting.ts';
import { compileWhatComputes } from '../../platform/heap.ts';
import { openRecording } from '../../record/open-recording.ts';
import type { Given } from '../mode.ts';
import { modelsOf } from '../replay/moments.ts';
import { tellDamage, whyNoRecording } from '../replay/replay-command.ts';
import { readSettings } from '../settings.ts';
import { createVerbIo } from '../verb/verb-io.ts';
import { judgedBy, recordingFilesOf } from '../wiring.ts';

/** Models between two rests: signals have their turn. */
const mostAtOnce = 100;

export async function runGuardSimulate(given: Given): Promise<number> {
  const { invocation, complain, write, ports, look, process } = given;
  const path = invocation.operand ?? '.';
  const { settings, complaints, files } = await readSettings(given);
  if (complaints.length > 0) {
    // What a wrong file would have done says nothing.
    for (const complaint of complaints) complain(complaintText(complaint));
    return 2;
  }
  const opened = await openRecording(recordingFilesOf(given), path);
  if (!opened.ok) {
    complain(`no recording to simulate a guard over: ${whyNoRecording(opened.problem)}`);
    return 2;
  }
  const recording = opened.value;
  const { draw } = createVerbIo(given);
  compileWhatComputes();
  draw?.('reading what was recorded');
  const simulation = createSimulation(settings.guard);
  let count = 0;
  for await (const model of modelsOf(recording, null, await judgedBy(given))) {
    simulation.look(model);
    count += 1;
    if (count % mostAtOnce === 0) await new Promise((resolve) => ports.clock.after(0, () => resolve(null)));
  }
  draw?.('');
  tellDamage(recording.damage, complain);
  const simulated = simulation.result();
  if (simulated.looks === 0) {
    complain(`${path}: nothing in it can be read`);
    return 2;
  }
  const text = invocation.json
    ? jsonDocument(simulationDocument(simulated, { files }))
    : formatSimulation(simulated, {
        ...{ files, columns: process.stdout.columns ?? 80 },
        color: look.color ? colorPaint(look) : noPaint,
      });
  await write(`${text}\n`);
  return 0;
}
