/** A configuration that boots: written from what this machine is, evaluated, built, and taken for the next boot. */
import { reasonOf } from '../actions/wording.ts';
import { listText, plural } from '../base/plural.ts';
import { fail, orNull, type Result } from '../base/problem.ts';
import { minimalConfig } from '../format/minimal-config.ts';
import type {
  BootLoader,
  LoginAccount,
  OwnMachine,
  OwnMachineRead,
  OwnNetwork,
} from '../model/recover/own-machine.ts';
import type { Ports } from '../platform/ports.ts';
import { isNixos, readOwnMachine } from '../probes/own-machine/own-machine.ts';
import { boot, planBoot } from './minimal-config/boot.ts';
import { type EvaluatedConfig, evaluateOnce, evaluationWords } from './minimal-config/evaluated.ts';
import { build, builtSystem, commandText, rebuildCommand, whyNotNow } from './minimal-config/rebuild.ts';
import { probing } from './probing.ts';
import type { Plan, Procedure, RecoverContext, Step } from './step.ts';
import { whoElseWrites } from './trusted-place.ts';
import { placeOfFile, planFile, rowsOf, writeFile } from './written-file.ts';

const fileName = 'minimal-config.nix';
const mostBytes = 1 << 20;

const look: Step = {
  id: 'look',
  title: 'See what this machine is',
  why: 'what boots it, what it reaches and who logs in is taken over, and nothing else',
  needs: [],
  plan: (context) =>
    withMachine(context, async ({ machine, missing }) => ({
      state: 'needless',
      why: `NixOS${machine.release === null ? '' : ` ${machine.release}`}; it is only looked at`,
      lines: [...machineLines(machine), ...missing.map((one) => `NOT TAKEN OVER: ${one}`)],
    })),
};

const write: Step = {
  id: 'write',
  title: 'Write the configuration',
  why: 'a file of its own: the present configuration is not touched',
  needs: [],
  plan: (context) =>
    withMachine(context, async ({ machine }) => {
      const path = placeOfFile(context, fileName);
      const text = minimalConfig(machine);
      const others = await whoElseWrites(path, context);
      if (others !== null)
        return { state: 'impossible', why: others, way: '--output names a place that others cannot change' };
      const there = await planFile(context, path, text);
      return there ?? { state: 'todo', asks: 'yes', lines: [`into ${path}:`], code: rowsOf(text) };
    }),
  async act(context) {
    const read = await readOnce(context);
    if (!read.ok) return { status: 'failed', summary: reasonOf(read.problem), details: [] };
    return writeFile(context, placeOfFile(context, fileName), minimalConfig(read.value.machine));
  },
};

const evaluated: Step = {
  id: 'evaluate',
  title: 'Evaluate it',
  why: 'what does not evaluate does not boot',
  needs: [],
  plan: (context) =>
    withConfig(context, async (_, { nixpkgs, sec, output }) => ({
      state: 'needless',
      why: `it evaluates in ${sec.toFixed(1)} s, with the nixpkgs of ${nixpkgs.from} (${nixpkgs.path})`,
      lines: [`its system: ${output}`],
    })),
};

const built: Step = {
  id: 'build',
  title: 'Build it',
  why: 'one build at once, on two cores; nothing is put in force',
  needs: ['network', 'minutes'],
  plan: (context) =>
    withConfig(context, async (path, config) => {
      const system = await builtSystem(config, context);
      if (system !== null) return { state: 'needless', why: `it is built: ${system}` };
      const lines = [commandText(rebuildCommand('build', path, config, context))];
      return (await whyNotNow(context)) ?? { state: 'todo', asks: 'yes', lines };
    }),
  act: (context) => acting(context, build),
};

const nextBoot: Step = {
  id: 'boot',
  title: 'Boot it the next time',
  why: 'a generation more, the default of the boot menu; never a switch: what runs now goes on',
  needs: ['root'],
  plan: (context) => withConfig(context, (path, config) => planBoot(path, config, context)),
  act: (context) => acting(context, boot),
};

export const minimalConfigProcedure: Procedure = {
  id: 'minimal-config',
  title: 'Boot a minimal configuration',
  when: 'no generation boots as it should, or the configuration cannot be built any more',
  steps: [look, write, evaluated, built, nextBoot],
  fits: async () => null,
};

const read = new WeakMap<Ports, Promise<Result<OwnMachineRead>>>();

function readOnce(context: RecoverContext): Promise<Result<OwnMachineRead>> {
  let once = read.get(context.ports);
  if (once === undefined) {
    const flake = context.wishes.flake?.replace(/[#?].*/, '') ?? '';
    const places = ['/etc/nixos', ...(flake.startsWith('/') && flake !== '/etc/nixos' ? [flake] : [])];
    once = readOwnMachine(places, probing(context));
    read.set(context.ports, once);
  }
  return once;
}

async function withMachine(
  context: RecoverContext,
  plan: (read: OwnMachineRead) => Promise<Plan>,
): Promise<Plan> {
  if (!(await isNixos(context.ports.files)))
    return { state: 'impossible', why: 'this is no NixOS: there is no system to configure' };
  const found = await readOnce(context);
  if (!found.ok) return { state: 'impossible', why: reasonOf(found.problem) };
  return plan(found.value);
}

/** Of the file as it is; where it is not written yet, of what would be in it. */
async function configOf(context: RecoverContext) {
  const path = placeOfFile(context, fileName);
  const others = await whoElseWrites(path, context);
  if (others !== null) return { path, found: fail('denied', path, others) };
  const there = orNull(await context.ports.ownFiles.read(path, { maxBytes: mostBytes }));
  if (there !== null) return { path, found: await evaluateOnce(path, there, context) };
  const machine = await readOnce(context);
  if (!machine.ok) return { path, found: machine };
  return { path, found: await evaluateOnce(null, minimalConfig(machine.value.machine), context) };
}

function withConfig(
  context: RecoverContext,
  plan: (path: string, config: EvaluatedConfig) => Promise<Plan>,
): Promise<Plan> {
  return withMachine(context, async () => {
    const { path, found } = await configOf(context);
    if (found.ok) return plan(path, found.value);
    const way = 'name a nixpkgs: NIX_PATH=nixpkgs=/path/of/nixpkgs nixpulse recover minimal-config';
    return {
      ...{ state: 'impossible', why: evaluationWords(found) },
      ...(found.problem.where === 'nixpkgs' ? { way } : {}),
    };
  });
}

async function acting(context: RecoverContext, act: typeof build): ReturnType<typeof build> {
  const { path, found } = await configOf(context);
  return found.ok
    ? act(path, found.value, context)
    : { status: 'failed', summary: evaluationWords(found), details: [] };
}

function machineLines(machine: OwnMachine): readonly string[] {
  const { hardware, loader, network, accounts, sshd, stateVersion, hostName } = machine;
  const keyed = accounts.filter(({ keys }) => keys.length > 0);
  return [
    ...(hostName === null ? [] : [`host: ${hostName}`]),
    `hardware: ${hardware.kind === 'file' ? hardware.path : 'as nixos-generate-config tells it'}`,
    `boot loader: ${loaderWords(loader)}`,
    `network: ${networkWords(network)}`,
    `accounts: ${listText(accounts.map(accountWords), 8)}`,
    sshd === null ? 'sshd: it is off, and stays off' : 'sshd: on',
    `system.stateVersion: ${stateVersion.version}, of ${stateVersion.from}`,
    ...(sshd !== null && keyed.length === 0
      ? ['NOBODY HAS A KEY: over ssh only who has a password gets in, if sshd takes passwords']
      : []),
    'on the console the passwords count that there are now: root gets in only if it has one',
  ];
}

function loaderWords(loader: BootLoader): string {
  switch (loader.kind) {
    case 'extlinux':
      return 'extlinux';
    case 'systemd-boot':
      return `systemd-boot, on ${loader.esp}`;
    case 'grub':
      return `GRUB, on ${listText(loader.esp === null ? loader.devices : [loader.esp])}`;
  }
}

function networkWords({ by, addresses }: OwnNetwork): string {
  const name = {
    networkmanager: 'NetworkManager, with the connections it has',
    networkd: 'systemd-networkd',
    scripted: 'DHCP',
  };
  const set = addresses.map((one) => `${one.interface} ${one.address}/${one.prefixLength}`);
  return [name[by], ...set].join(', ');
}

function accountWords({ name, isAdmin, keys }: LoginAccount): string {
  const admin = isAdmin ? 'wheel, ' : '';
  return `${name} (${admin}${keys.length === 0 ? 'no key' : plural(keys.length, 'key')})`;
}
