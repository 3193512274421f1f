/** What the kernel said of late: what it said hours ago is no reason for what is slow now. */
import type { Notice } from '../../model/diagnosis/notice.ts';
import { resultOf } from '../../model/diagnosis/probes-done.ts';
import type { Model } from '../../model/model.ts';
import type { Thresholds } from '../thresholds.ts';

/** Followed, and as a probe has read them; oldest first, each once. */
export function recentNotices(
  { notices, probes, timeMs }: Pick<Model, 'notices' | 'probes' | 'timeMs'>,
  { noticeSec }: Thresholds,
): readonly Notice[] {
  const isRecent = (one: Notice) => timeMs - one.timeMs < noticeSec * 1000;
  const followed = notices.filter(isRecent);
  const read = resultOf(probes, 'kernel-log');
  if (read?.ok !== true) return followed;
  const texts = new Set(followed.map(({ text }) => text));
  const added = read.value.notices.filter((one) => isRecent(one) && !texts.has(one.text));
  return added.length === 0 ? followed : [...added, ...followed];
}
