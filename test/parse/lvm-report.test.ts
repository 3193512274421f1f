import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseBadMetadata, parseLogicalVolumes, parseVolumeGroups } from '../../src/parse/lvm-report.ts';

const volume = (fields: string) => `  {
      "report": [
  Retrying metadata scan.
          {
              "lv": [
                  ${fields}
              ]
          }
      ]
  }`;

test('how full a thin pool is, and what is wrong with a volume', () => {
  const text =
    volume(`{"vg_name":"vg0", "lv_name":"pool", "data_percent":"98.40", "metadata_percent":"12.05", "lv_health_status":"", "lv_suspended":""},
                  {"vg_name":"vg0", "lv_name":"root", "data_percent":"", "metadata_percent":"", "lv_health_status":"", "lv_suspended":"suspended"},
                  {"vg_name":"vg0", "lv_name":"mirror", "data_percent":"", "metadata_percent":"", "lv_health_status":"partial", "lv_suspended":""}`);
  expect(parseLogicalVolumes(text)).toEqual([
    { name: 'vg0/pool', dataPercent: 98.4, metadataPercent: 12.05, state: null },
    { name: 'vg0/root', dataPercent: null, metadataPercent: null, state: 'suspended' },
    { name: 'vg0/mirror', dataPercent: null, metadataPercent: null, state: 'partial' },
  ]);
});

test('what LVM 2.03.31 tells of a pool without room, with its log behind it', () => {
  const text = readFileSync(new URL('../fixtures/probes/lvs-thin-full.json', import.meta.url), 'utf8');
  expect(parseLogicalVolumes(text)).toEqual([
    { name: 'vg0/pool', dataPercent: 100, metadataPercent: 12.6, state: 'out_of_data' },
    { name: 'vg0/thin', dataPercent: 50, metadataPercent: null, state: null },
  ]);
});

test('groups', () => {
  const text = '  {\n "report": [\n {\n "vg": [\n {"vg_name":"nptest"}\n ]\n }\n ]\n }';
  expect(parseVolumeGroups(text)).toEqual(['nptest']);
});

test('metadata that cannot be read names its device, once', () => {
  expect(
    parseBadMetadata([
      '  WARNING: Metadata location on /dev/loop0 at offset 4608 begins with invalid name.',
      '  WARNING: Checksum error on /dev/loop0 at offset 4608.',
      '  WARNING: bad metadata text on /dev/loop0 in mda1',
      '  WARNING: repair VG metadata on /dev/loop0 with vgck --updatemetadata.',
    ]),
  ).toEqual(['/dev/loop0']);
});

test.each(['', '{}', '{"report": 7}', '{"report": [{"lv": ['])('no report: %s', (text) => {
  expect(parseLogicalVolumes(text)).toBeNull();
  expect(parseVolumeGroups(text)).toBeNull();
});

test('rows that are none are left out', () => {
  expect(parseLogicalVolumes('{"report": [null, {"lv": [null, 7]}, {"lv": {}}]}')).toEqual([]);
});
