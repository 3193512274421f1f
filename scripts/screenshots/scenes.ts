/** Which moments of which recording become pictures, at which size, and what is pressed there. */

import type { PictureTheme } from '../../test/support/picture-cells.ts';
import { demoFile, type RecordedMoment } from '../../test/support/recorded-screen.tsx';
import { consoleTheme, windowTheme } from './themes.ts';

export interface Scene extends Pick<RecordedMoment, 'after' | 'plusSec' | 'live'> {
  /** File name in screenshots/. */
  readonly name: string;
  readonly title: string;
  readonly columns: number;
  readonly rows: number;
  readonly unicode: boolean;
  readonly theme: PictureTheme;
  readonly keys: readonly string[];
}

export const recording = demoFile;

const window = { unicode: true, theme: windowTheme, live: true, keys: [] } as const;
/** Some seconds in which the disk has answered nothing, and memory is short. */
const worst = { after: 'STALLED', plusSec: 5 } as const;
/** Memory is short and everything that waits, waits for it. */
const critical = { after: 'Memory critical', plusSec: 8 } as const;
/** Pressure rises: its last half minute has a shape. */
const rising = { after: 'Memory is full', plusSec: 8 } as const;
/** The disk answers again, the queue is long. */
const after = { after: 'It answers again', plusSec: 8 } as const;

export const scenes: readonly Scene[] = [
  {
    ...window,
    ...worst,
    name: 'overview',
    title: 'nixpulse',
    columns: 120,
    rows: 40,
    keys: ['/', 'firefox', '<enter>', '+'],
  },
  { ...window, ...rising, name: 'overview-80x24', title: 'nixpulse, 80 x 24', columns: 80, rows: 24 },
  { ...window, ...critical, name: 'pane', title: 'nixpulse in a pane of 60 x 15', columns: 60, rows: 15 },
  {
    ...after,
    name: 'console',
    title: 'nixpulse on the console (TERM=linux)',
    columns: 80,
    rows: 25,
    unicode: false,
    theme: consoleTheme,
    live: true,
    keys: [],
  },
  {
    ...window,
    ...critical,
    name: 'builds',
    title: 'nixpulse: the tree of builds',
    columns: 120,
    rows: 28,
    keys: ['2', '/', 'firefox', '<enter>', '+'],
  },
  {
    ...window,
    ...critical,
    name: 'kill',
    title: 'nixpulse: K asks before it ends the heaviest build',
    columns: 120,
    rows: 24,
    keys: ['K'],
  },
  {
    ...window,
    // As late as there is something to see on the left, with the cursor where the disk has stalled.
    after: 'Killed as well',
    plusSec: 20,
    name: 'history',
    title: 'nixpulse: history',
    columns: 120,
    rows: 36,
    keys: ['4', ...Array(4).fill('<pageup>'), ...Array(5).fill('<left>')],
  },
  {
    ...window,
    ...critical,
    name: 'diagnosis',
    title: 'nixpulse: what may be wrong, and where it stands',
    columns: 120,
    rows: 40,
    keys: ['6'],
  },
  {
    ...window,
    ...critical,
    name: 'details',
    title: 'nixpulse: details of one build',
    columns: 120,
    rows: 24,
    keys: ['/', 'webkit', '<enter>', '<enter>'],
  },
  {
    ...window,
    ...critical,
    name: 'help',
    title: 'nixpulse: help',
    columns: 120,
    rows: 40,
    keys: ['?'],
  },
  {
    ...window,
    ...worst,
    name: 'replay',
    title: 'nixpulse demo: a recording and its time line',
    columns: 120,
    rows: 30,
    live: false,
  },
];
