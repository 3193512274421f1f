/**
 * What the kernel said since boot, and what the guards of memory and systemd did: kernel lines from /dev/kmsg, which
 * also has what no journal was there to take; without the right to read it, from the journal.
 */
import { fail, ok, orNull, type Result } from '../base/problem.ts';
import type { Notice } from '../model/diagnosis/notice.ts';
import { createJournalNotices, entryOf, guardEntries } from '../parse/journal-notice.ts';
import { readKernelLine } from '../parse/kernel-line.ts';
import type { OomContext } from '../parse/kernel-oom.ts';
import { parseKernelRecord } from '../parse/kmsg.ts';
import { noticeText } from '../parse/notice-text.ts';
import type { Probe, ProbeContext } from './probe.ts';
import { runProgram } from './run-program.ts';

/** The newest of them. */
const mostNotices = 100;
/** Of the journal, the newest of those that are asked for. */
const mostEntries = '20000';
const needs = 'needs root, or the group systemd-journal';

export const kernelLog: Probe<'kernel-log'> = async (_, context) => {
  context.progress('reads the log of the kernel');
  const kernel = await fromKernel(context);
  context.progress('asks the journal');
  const journal = await fromJournal(context, !kernel.ok);
  if (!kernel.ok && !journal.ok)
    return kernel.problem.kind === 'denied' ? fail('denied', '/dev/kmsg', needs) : journal;
  const notices = [...(orNull(kernel) ?? []), ...(orNull(journal) ?? [])]
    .toSorted((a, b) => a.timeMs - b.timeMs)
    .slice(-mostNotices);
  return ok({ from: kernel.ok ? 'kmsg' : 'journal', notices });
};

/** dd reads one record a time, and ends where the next one would have to be waited for (EAGAIN). */
async function fromKernel(context: ProbeContext): Promise<Result<readonly Notice[]>> {
  const { clock } = context.ports;
  const notices: Notice[] = [];
  let oom: OomContext | null = null;
  let complaint = '';
  const command = ['dd', 'if=/dev/kmsg', 'bs=16384', 'iflag=nonblock'] as const;
  const run = await runProgram(context, command, {
    onLine(record, stream) {
      if (stream === 'stderr') complaint ||= record;
      const parsed = stream === 'stdout' ? parseKernelRecord(record) : null;
      if (parsed === null) return;
      const line = noticeText(parsed.text, 1024);
      const read = readKernelLine(line, oom);
      oom = read.oom;
      if (read.notice === null) return;
      const ageMs = Math.max(0, clock.monotonic() - parsed.sinceBootMs);
      const timeMs = Math.round(clock.now() - ageMs);
      notices.push({ ...read.notice, timeMs, from: 'kernel', text: noticeText(line) });
    },
  });
  if (!run.ok) return run;
  if (/Permission denied|not permitted/.test(complaint)) return fail('denied', '/dev/kmsg', needs);
  if (run.value.exitCode === 0 || /temporarily unavailable/.test(complaint)) return ok(notices);
  return fail('unsupported', '/dev/kmsg', complaint);
}

/** `sd-messages.h`: the kernel killed in a unit, a unit failed. */
const messages = ['fe6faa94e7774663a0da52717891d8ef', 'd9b373ed55a64feb8242e02dbe79a49c'];

async function fromJournal(context: ProbeContext, withKernel: boolean): Promise<Result<readonly Notice[]>> {
  const notices: Notice[] = [];
  const reader = createJournalNotices();
  let complaint = '';
  const run = await runProgram(
    context,
    [
      ...['journalctl', '-b', '--no-pager', '--quiet', '-o', 'json', '-n', mostEntries],
      ...messages.map((id) => `MESSAGE_ID=${id}`),
      ...guardEntries,
      ...(withKernel ? ['+', '_TRANSPORT=kernel'] : []),
    ] as const as readonly [string, ...string[]],
    {
      onLine(line, stream) {
        if (stream === 'stderr') complaint ||= line;
        else notices.push(...reader.read(entryOf(line)));
        if (notices.length > mostNotices * 2) notices.splice(0, mostNotices);
      },
    },
  );
  if (!run.ok) return run;
  if (/insufficient permissions|not seeing messages/.test(complaint))
    return fail('denied', 'journalctl', needs);
  if (run.value.exitCode === 0) return ok(notices);
  return fail('unsupported', 'journalctl', complaint || `ended with ${run.value.exitCode}`);
}
