/** One scene as a picture: the same on every machine, for nothing of it is of this machine or of this time. */
import headless from '@xterm/headless';
import { drawPicture } from '../../test/support/picture.ts';
import { openScreen } from '../../test/support/recorded-screen.tsx';
import { recording, type Scene } from './scenes.ts';

/** SVG. */
export async function drawScene(scene: Scene): Promise<string> {
  const { columns, rows, unicode, theme, title, keys, after, plusSec, live } = scene;
  const terminal = { columns, rows, unicode, color: true };
  const screen = await openScreen({ file: recording, after, plusSec, live, terminal });
  try {
    for (const key of keys) await screen.press(key);
    const drawn = new headless.Terminal({ cols: columns, rows, scrollback: 0, allowProposedApi: true });
    const text = screen.frame().replaceAll('\n', '\r\n');
    await new Promise<void>((resolve) => drawn.write(text, resolve));
    return drawPicture(drawn, { theme, title });
  } finally {
    screen.close();
  }
}
