/** What the kernel said of late: what it said hours ago is no reason for what is slow now. */
import type { Notice } from '../../model/diagnosis/notice.ts';
import type { Model } from '../../model/model.ts';
import type { Thresholds } from '../thresholds.ts';

export function recentNotices(
  { notices, timeMs }: Pick<Model, 'notices' | 'timeMs'>,
  { noticeSec }: Thresholds,
): readonly Notice[] {
  return notices.filter((one) => timeMs - one.timeMs < noticeSec * 1000);
}
