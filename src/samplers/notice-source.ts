/** Who tells of kills that the kernel does not tell of: asked beside the tick, its words kept until they are taken. */
import type { Notice } from '../model/diagnosis/notice.ts';

export interface NoticeSource {
  /** `short`: memory or a disk is; nothing is started then. */
  refresh(short: boolean): void;
  /** What has come since the last call, oldest first. */
  take(): readonly Notice[];
  close(): void;
}
