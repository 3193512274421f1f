/** What stands below the builds where there is room. */
import { expect, it } from 'vitest';
import { belowRows } from '../../components/below/below-rows.ts';
import { factRows } from '../../components/details/details-rows.ts';
import { themeFor } from '../../components/theme.ts';
import { busy, rebuild, withContainer } from '../support/model-fixture.ts';

const theme = themeFor({ color: false, unicode: true });

it('names the daemon of a container, and a build of it says below which it hangs', () => {
  const rows = belowRows(withContainer, 60, 100, theme, 'clients').map((row) => row.trimEnd());
  expect(rows).toContain('  daemon 4711 of /srv/machines/a  1 build');
  const build = withContainer.builds.find(({ daemonPid }) => daemonPid === 4711);
  if (build === undefined) throw new Error('no build of the container');
  const { clients, otherDaemons } = withContainer;
  const facts = factRows(
    { build, clients, otherDaemons, pausedSec: null, logged: null, timeMs: 0 },
    20,
    120,
    theme,
  ).join('\n');
  expect(facts).toContain('worker 900  below daemon 4711 of /srv/machines/a');
});

it('says nothing of daemons where there is but one', () => {
  expect(belowRows(busy, 60, 100, theme, 'clients').join('\n')).not.toContain('DAEMON');
});

it('cuts a long command of a client, not what the client does', () => {
  const command = 'nix-build big.nix --argstr words enough --option max-jobs 4 --no-out-link --keep-going';
  const model = { ...busy, clients: [{ ...rebuild, command, tty: null }] };
  const row = (width: number) =>
    belowRows(model, 60, width, theme, 'clients')
      .find((one) => one.includes('nix-build big'))
      ?.trimEnd() ?? '';
  const tail = row(200).slice(2 + command.length);
  expect(tail).toMatch(/^ {2}pid \d+ {2}\w+ {2}\S.* {2}\S+ {2}\S+$/);
  expect(row(80)).toHaveLength(80);
  expect(row(80)).toContain(`…${tail}`);
});
