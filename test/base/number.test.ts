import { formatCount, formatMs, formatPercent, formatTenths } from '../../src/base/number.ts';
import { table } from './width-table.ts';

table('percent', formatPercent, 6, [
  [0, '0%'],
  [0.4, '0%'],
  [63.4, '63%'],
  [100, '100%'],
  [612, '612%'],
  [99_999, '100k%'],
]);

table('count', formatCount, 5, [
  [0, '0'],
  [9999, '9999'],
  [12_345, '12.3k'],
  [4_500_000, '4.5M'],
  [1e15, '1.0P'],
  [-3, '-3'],
]);

table('tenths', formatTenths, 5, [
  [0, '0'],
  [0.4, '0.4'],
  [9.94, '9.9'],
  [38.2, '38'],
  [12_345, '12.3k'],
]);

table('milliseconds', formatMs, 6, [
  [0, '0'],
  [0.42, '0.4'],
  [312, '312'],
  [1208, '1208'],
  [99_999, '99999'],
  [312_000, '312s'],
]);
