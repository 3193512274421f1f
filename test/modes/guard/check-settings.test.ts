import { expect, test } from 'vitest';
import { defaultFlags, type Flags } from '../../../src/cli/table.ts';
import { checkSettings } from '../../../src/modes/guard/check-settings.ts';
import { createFakePorts } from '../../support/fake-ports.ts';

async function check(text: string | null, config: string | null = null, flags: Partial<Flags> = {}) {
  const ports = createFakePorts();
  if (text !== null) ports.ownFiles.texts.set(config ?? '/etc/nixpulse/config.toml', text);
  const said: string[] = [];
  let printed = '';
  const code = await checkSettings({
    ports,
    environment: { HOME: '/root' },
    invocation: { ...defaultFlags, ...flags, config },
    complain: (line) => void said.push(line),
    async write(more) {
      printed += more;
    },
  });
  return { code, said, printed };
}

test('right: what is in force, and 0', async () => {
  const { code, said, printed } = await check('guard.rest = 20\n');
  expect([code, said]).toEqual([0, []]);
  expect(printed).toMatch(/^# Read: \/etc\/nixpulse\/config\.toml\n\n\[guard\]\n/);
  expect(printed).toMatch(/^rest = "20 s" +# \/etc\/nixpulse\/config\.toml:1$/m);
});

test('wrong: all of it on stderr, and 2', async () => {
  const { code, said, printed } = await check('guard.rest = 0\nguard.clam = 3\n');
  expect(code).toBe(2);
  expect(said).toHaveLength(2);
  expect(printed).toMatch(/^rest = "15 s" +# as usual$/m);
  expect(printed).not.toContain('wrong');
});

test('no file at all is all as usual; one that is named has to be there', async () => {
  expect(await check(null)).toMatchObject({ code: 0, printed: expect.stringContaining('all is as usual') });
  expect(await check(null, '/own.toml')).toMatchObject({
    code: 2,
    said: ['/own.toml: there is no such file'],
  });
});

test('flags win over files, and are named', async () => {
  const flags = { dryRun: true, threshold: { idleSec: 50 } };
  const { code, printed } = await check('guard.dry-run = false\n[diagnose]\nidleSec = 9\n', null, flags);
  expect(code).toBe(0);
  expect(printed).toMatch(/^dry-run = true +# --dry-run$/m);
  expect(printed).toMatch(/^idleSec = "50 s" +# --threshold$/m);
});
