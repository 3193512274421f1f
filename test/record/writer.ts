/**
 * A recorder of made-up samples, to be killed: `node writer.ts DIRECTORY SEED SAMPLES [LIMITS_AS_JSON]`.
 * Prints a dot when it begins to write and with every eight samples; with 0 samples it writes until it is
 * killed, else it ends with a line: its status.
 */
import { systemClock } from '../../src/platform/clock.ts';
import { createRecordingFiles } from '../../src/platform/recording-files.ts';
import { createRecorder } from '../../src/record/recorder.ts';
import { samplesOf, trackPointAt } from './made-up.ts';

const [directory = '', seed = '', most = '', limits = '{}'] = process.argv.slice(2);
const recorder = createRecorder({
  files: createRecordingFiles(),
  clock: systemClock,
  directory,
  header: { writer: 'test', hostName: null },
  pid: process.pid,
  limits: JSON.parse(limits),
});
let written = 0;
let onWritten = () => {};
recorder.onStatus(() => {
  written += 1;
  onWritten();
});
const samples = samplesOf(Number(seed));
process.stdout.write('.');
for (let n = 0; n < Number(most) || most === '0'; n += 1) {
  const sample = samples.next().value;
  recorder.sample(sample, trackPointAt(sample.timeMs));
  if (n % 8 !== 7) continue;
  process.stdout.write('.');
  // As fast as the disk takes them: nothing is dropped.
  while (written <= n - 8) {
    await new Promise<void>((resolve) => {
      onWritten = resolve;
    });
  }
}
await recorder.close();
console.log(`\n${JSON.stringify(recorder.status)}`);
