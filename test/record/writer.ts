/**
 * A recorder of made-up samples, to be killed: `node writer.ts DIRECTORY SEED SAMPLES [LIMITS_AS_JSON]`.
 * Prints a line when it begins to write; then, with 0 samples, writes until it is killed.
 */
import { systemClock } from '../../src/platform/clock.ts';
import { createRecordingFiles } from '../../src/platform/recording-files.ts';
import { createRecorder } from '../../src/record/recorder.ts';
import { samplesOf, trackPointAt } from './made-up.ts';

const [directory = '', seed = '', most = '', limits = '{}'] = process.argv.slice(2);
const recorder = createRecorder({
  files: createRecordingFiles({ clock: systemClock }),
  clock: systemClock,
  directory,
  header: { writer: 'test', hostName: null },
  pid: process.pid,
  limits: JSON.parse(limits),
});
const samples = samplesOf(Number(seed));
console.log('writing');
for (let n = 0; n < Number(most) || most === '0'; n += 1) {
  const sample = samples.next().value;
  recorder.sample(sample, trackPointAt(sample.timeMs));
  if (n % 8 !== 7) continue;
  // As fast as the disk takes them: nothing is dropped.
  const { writtenBytes } = recorder.status;
  while (recorder.status.writtenBytes === writtenBytes) await new Promise((resolve) => setImmediate(resolve));
}
await recorder.close();
console.log(JSON.stringify(recorder.status));
