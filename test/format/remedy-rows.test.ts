import { expect, test } from 'vitest';
import { textColumns } from '../../src/base/text.ts';
import { noPaint } from '../../src/format/paint.ts';
import { commandRows } from '../../src/format/remedy-rows.ts';
import { span } from '../../src/format/row.ts';

const command = '$ nix log /nix/store/81nn1llnl2lhx0cdydwg45x1gwla66s5-broken-1.0.drv';
const sheet = { width: 60, style: { paint: noPaint, unicode: true } };

test('a command to be copied is whole: in one row of a terminal, in several of a screen that cuts', () => {
  expect(commandRows(sheet, span('   '), command)).toEqual([`   ${command}`]);
  const rows = commandRows({ ...sheet, cuts: true }, span('   '), command);
  expect(rows.length).toBeGreaterThan(1);
  expect(Math.max(...rows.map(textColumns))).toBeLessThanOrEqual(60);
  expect(
    rows
      .map((row) => row.trim())
      .join('')
      .replaceAll(' ', ''),
  ).toBe(command.replaceAll(' ', ''));
});
