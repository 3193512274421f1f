import { describe, expect, it } from 'vitest';
import { emptyModel } from '../../../src/model/empty-model.ts';
import { documentSections } from '../../../src/model/fields/document.ts';
import { machineFields } from '../../../src/model/fields/machine.ts';

describe.each(documentSections.map((section) => [section.path || 'the machine', section.fields] as const))(
  'the fields of %s',
  (_, fields) => {
    it('have each id and each name once', () => {
      expect(fields.length).toBeGreaterThan(0);
      expect(new Set(fields.map(({ id }) => id)).size).toBe(fields.length);
      expect(new Set(fields.map(({ json }) => json)).size).toBe(fields.length);
    });

    it('have a title and say in a sentence what they are', () => {
      for (const { id, title, help } of fields) {
        expect(title, id).not.toBe('');
        expect(help, id).toMatch(/\.$/);
      }
    });

    it('carry the unit of a number in their name, and not in their id', () => {
      const endings: Partial<Record<string, RegExp>> = {
        bytes: /Bytes$/,
        'bytes/s': /BytesPerSec$/,
        'bytes/min': /BytesPerMin$/,
        percent: /(Percent|(?:^|\.)percent|\.avg10|\.avg60|\.avg300)$/,
        cpu: /Percent$/,
        s: /Sec$/,
        ms: /Ms$/,
        'per second': /PerSec$/,
      };
      for (const { id, json, unit } of fields) {
        const ending = endings[unit];
        if (ending === undefined) expect(json).toBe(id);
        else expect(json).toMatch(ending);
        expect(id).not.toMatch(/(Bytes|PerSec|PerMin|Percent|Sec|Ms)$/);
      }
    });
  },
);

it('reads an empty model as unknown', () => {
  const numbers = machineFields.filter(
    ({ id, unit }) => !['text', 'flag', 'time'].includes(unit) && !id.startsWith('totals.'),
  );
  expect(numbers.length).toBeGreaterThan(50);
  for (const { id, read } of machineFields) expect(() => read(emptyModel), id).not.toThrow();
  for (const { id, read } of numbers) expect(read(emptyModel) ?? null, id).toBeNull();
});
