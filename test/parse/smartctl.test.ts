import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseSmartctl } from '../../src/parse/smartctl.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../fixtures/probes/${name}.json`, import.meta.url), 'utf8');

test('a disk of ATA that fails: counts by their ids, what vendors pack above them left out', () => {
  expect(parseSmartctl(fixture('smart-ata-failing'))).toEqual({
    passed: false,
    exitStatus: 216,
    model: 'ACME HDD 500GB',
    temperatureC: 41,
    percentUsed: null,
    spareBelowThreshold: null,
    mediaErrors: 40,
    reallocated: 1975,
    pending: 8,
    cableErrors: 3,
    messages: [],
  });
});

test('a disk of NVMe that is worn out: more than 100 % is no error of ours', () => {
  expect(parseSmartctl(fixture('smart-nvme-worn'))).toMatchObject({
    passed: false,
    exitStatus: 8,
    percentUsed: 118,
    spareBelowThreshold: true,
    mediaErrors: 7,
    reallocated: null,
    pending: null,
  });
});

test('a disk of SCSI: its list of defects, and what it could not correct', () => {
  const text = JSON.stringify({
    smartctl: { exit_status: 0 },
    scsi_model_name: 'ACME SAS',
    smart_status: { passed: true },
    scsi_grown_defect_list: 56,
    scsi_error_counter_log: {
      read: { total_uncorrected_errors: 2 },
      write: { total_uncorrected_errors: 1 },
    },
  });
  expect(parseSmartctl(text)).toMatchObject({
    model: 'ACME SAS',
    reallocated: 56,
    mediaErrors: 3,
    pending: null,
  });
});

test('where it could not ask it says why', () => {
  expect(parseSmartctl(fixture('smart-virtual'))).toMatchObject({
    passed: null,
    exitStatus: 1,
    mediaErrors: null,
    messages: ['/dev/vda: Unable to detect device type'],
  });
});

test.each(['', 'no JSON', '[]', '{}', '{"smartctl": []}', fixture('smart-ata-failing').slice(0, 300)])(
  'no report: %s',
  (text) => {
    expect(parseSmartctl(text)).toBeNull();
  },
);

test.each([
  '{"smartctl": {"exit_status": 0, "messages": {}}, "smart_status": [], "ata_smart_attributes": {"table": 7}}',
  '{"smartctl": {"exit_status": 0, "messages": [null, {"string": 7}]}, "ata_smart_attributes": {"table": [null, {"id": "5"}, {"id": 5, "raw": {"value": -1}}]}}',
])('what is not as it should be is unknown: %s', (text) => {
  expect(parseSmartctl(text)).toMatchObject({ passed: null, reallocated: null, messages: [] });
});
