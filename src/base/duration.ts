/** Lengths of time: `47:02` for cells, `12 min` for sentences. What is unknown is `–`, never 0. */
import { isKnown, type Maybe, unknown } from './number.ts';
import { twoDigits } from './text.ts';

/** Time gone by, at most 7 columns: `0:07`, `47:02`, `1:02:33`, `12h 33m`, `3d 4h`, `250d`. */
export function formatDuration(seconds: Maybe): string {
  if (!isKnown(seconds)) return unknown;
  if (seconds < 0) return '0:00';
  const whole = Math.floor(seconds);
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor(whole / 3600) % 24;
  const minutes = Math.floor(whole / 60) % 60;
  if (days >= 100_000) return '>99999d';
  if (days >= 100) return `${days}d`;
  if (days > 0) return `${days}d ${hours}h`;
  if (hours >= 10) return `${hours}h ${twoDigits(minutes)}m`;
  if (hours > 0) return `${hours}:${twoDigits(minutes)}:${twoDigits(whole % 60)}`;
  return `${minutes}:${twoDigits(whole % 60)}`;
}

/** A short span in seconds with its tenth: `2.1s`, `34s`; longer ones as formatDuration. */
export function formatSeconds(seconds: Maybe): string {
  if (!isKnown(seconds)) return unknown;
  if (seconds < 0) return '0.0s';
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`;
  return seconds < 119.5 ? `${seconds.toFixed(0)}s` : formatDuration(seconds);
}

/** For sentences: `47 s`, `12 min`, `3 h 12 min`, `2 d 4 h`; the smaller unit only where it is not 0. */
export function lengthText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  const units = hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
  return units.replace(/ 0 (?:min|h)$/, '');
}

/** How long something took, where a tenth counts: `36 ms`, `1.2 s`; longer ones as lengthText. */
export function tookText(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  return ms < 9950 ? `${(ms / 1000).toFixed(1)} s` : lengthText(ms);
}
