import { expect, test } from 'vitest';
import { checkSettings } from '../../../src/modes/guard/check-settings.ts';
import { createFakePorts } from '../../support/fake-ports.ts';

async function check(text: string | null, config: string | null = null) {
  const ports = createFakePorts();
  if (text !== null) ports.ownFiles.texts.set(config ?? '/etc/nixpulse/config.toml', text);
  const said: string[] = [];
  let printed = '';
  const code = await checkSettings({
    ports,
    environment: { HOME: '/root' },
    invocation: { config },
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
