import { expect, test } from 'vitest';
import { parseModuleGraph } from '../../src/parse/module-graph.ts';

const node = (key: string, ...imports: readonly unknown[]) => ({ key, file: key, disabled: false, imports });
const nixos = '/nix/store/x-source/nixos/modules';

test('modules of the configuration, each with those above it; what NixOS brings is none', () => {
  const web = node('/etc/nixos/nixos/modules/web.nix');
  const graph = [
    node(`${nixos}/misc/version.nix`),
    node(`${nixos}/services/ssh.nix`, node(`${nixos}/services/keys.nix`)),
    node('/etc/nixos/configuration.nix', node('/etc/nixos/a.nix', web), node(':anon-2')),
    // Imported twice.
    web,
  ];
  const top = '/etc/nixos/configuration.nix';
  expect(parseModuleGraph(JSON.stringify(graph))).toEqual({
    ok: true,
    value: [
      { key: top, above: [] },
      { key: '/etc/nixos/a.nix', above: [top] },
      { key: '/etc/nixos/nixos/modules/web.nix', above: [top, '/etc/nixos/a.nix'] },
      { key: ':anon-2', above: [top] },
    ],
  });
});

test('what is no graph', () => {
  for (const text of ['', '{', 'null', '{"key": 1}'])
    expect(parseModuleGraph(text)).toMatchObject({ ok: false, problem: { kind: 'malformed' } });
  expect(parseModuleGraph(JSON.stringify([null, 3, { key: 4, imports: [] }, { key: '/a' }]))).toEqual({
    ok: true,
    value: [],
  });
});

test('a chain of a thousand imports', () => {
  let chain = node('/m0');
  for (let at = 1; at < 1000; at++) chain = node(`/m${at}`, chain);
  const parsed = parseModuleGraph(JSON.stringify([chain]));
  expect(parsed.ok && parsed.value.at(-1)?.above).toHaveLength(999);
});
