import { Command, Option } from "commander";
import { chainEditions } from "#chain/app/modules.ts";
import type { Edition } from "#chain/kernel/edition.ts";
import { loadVerifier } from "#chain/verify/load-verifier.ts";
import {
  type ChainOptions,
  chainCommand,
  type HomeOption,
  homeCommand,
  layoutOf,
  wholeNumber,
  withClient,
} from "#cli/context.ts";
import { CliError, ensureCli } from "#cli/errors.ts";
import { beginWith, readExport } from "#cli/genesis/exported.ts";
import { readSettings } from "#cli/home/layout.ts";
import { withState } from "#cli/node/state.ts";
import { note, say, seconds } from "#cli/output.ts";
import { tableOf } from "#cli/table.ts";
import { type Rehearsal, rehearseUpgrade } from "#cli/upgrade/rehearse.ts";
import { newWaiting } from "#cli/waiting.ts";
import { msgPropose } from "#client/gov.ts";
import { responseOf } from "#client/tx.ts";
import { parseAmount } from "#client/units.ts";
import { cancelUpgrade, softwareUpgrade } from "#client/upgrade.ts";
import type { Any } from "#proto/gen/google/protobuf.ts";
import { MsgProposeResponse } from "#proto/gen/iterum/gov.ts";
import { sendAs, type TxOptions, txCommandOf, unitOf } from "./tx.ts";

const rules = (edition: string): string => (edition === "" ? "the first rules" : `upgrade "${edition}"`);

async function status(options: ChainOptions): Promise<void> {
  const [{ edition, applied }, plan, versions] = await withClient(options, async ({ upgrade }) => [
    await upgrade.edition(),
    await upgrade.plan(),
    await upgrade.versions(),
  ]);
  say(`the chain runs under ${rules(edition)}`);
  for (const { name, height } of applied) say(`upgrade "${name}" was at height ${height}`);
  say(plan ? `upgrade "${plan.name}" is planned for height ${plan.height}` : "no upgrade is planned");
  if (plan && plan.info !== "") say(plan.info);
  const known = chainEditions.map((each) => rules(each.upgrade)).join(", ");
  say(`this program knows ${known}`);
  const rows = [...versions].map(([module, version]) => [module, String(version)]);
  say(tableOf([{ head: "module" }, { head: "version", right: true }], rows));
}

interface ProposeOptions extends TxOptions {
  readonly height: number;
  readonly info: string;
  readonly title?: string;
  readonly summary: string;
  readonly deposit: string;
}

type Proposing = Pick<ProposeOptions, "summary" | "deposit"> & TxOptions;

async function proposeTo(options: Proposing, title: string, message: Any): Promise<void> {
  const result = await sendAs(options, async (client, { address: proposer }) => {
    const params = await client.gov.params();
    ensureCli(params?.councilGameId, "the chain has no council that could decide on upgrades");
    const deposit = parseAmount(options.deposit, await unitOf(client));
    const { summary } = options;
    const gameId = params.councilGameId;
    return msgPropose({ proposer, gameId, title, summary, messages: [message], deposit });
  });
  say(`proposal ${responseOf(MsgProposeResponse, result).proposalId}`);
}

const propose = (name: string, options: ProposeOptions): Promise<void> => {
  const { height, info, title = `Upgrade "${name}" at height ${height}` } = options;
  return proposeTo(options, title, softwareUpgrade({ name, height: BigInt(height), info }));
};

const cancel = (options: ProposeOptions): Promise<void> =>
  proposeTo(options, options.title ?? "No upgrade", cancelUpgrade());

interface RehearseOptions extends HomeOption {
  readonly export?: string;
  readonly name?: string;
}

const columns = [
  { head: "module" },
  { head: "version" },
  { head: "added", right: true },
  { head: "changed", right: true },
  { head: "removed", right: true },
];

function tell({ upgrade, height, modules, invariants, broken, migrateMs, checkMs }: Rehearsal): void {
  const when = height === undefined ? "not planned yet" : `planned for height ${height}`;
  say(`upgrade "${upgrade}" (${when}) rehearsed; nothing was written`);
  const version = (each: bigint | undefined): string => (each === undefined ? "—" : String(each));
  const rows = modules.map(({ module, before, after, added, changed, removed }) => [
    module,
    before === after ? version(after) : `${version(before)} → ${version(after)}`,
    ...[added, changed, removed].map(String),
  ]);
  say(tableOf(columns, rows));
  say(`migrations took ${seconds(migrateMs)}, checks ${seconds(checkMs)}`);
  for (const name of broken) note(`✗ broken: ${name}`);
  if (broken.length > 0) throw new CliError(`${broken.length} of ${invariants} invariants are broken`);
  say(`all ${invariants} invariants hold, and a chain can begin with the state`);
}

async function rehearse(options: RehearseOptions, editions: readonly Edition[]): Promise<void> {
  const { export: file, name } = options;
  const signatures = await loadVerifier(note);
  const rehearsal = await newWaiting(process.stderr).during("rehearsal", async (onStep) => {
    onStep(file === undefined ? "reading the node's state" : `reading ${file}`);
    const layout = layoutOf(options);
    if (file === undefined) {
      await readSettings(layout);
      return withState(
        layout,
        (app) => app.read((ctx) => rehearseUpgrade(editions, signatures, ctx, name)),
        editions,
      );
    }
    const app = await beginWith(await readExport(file), editions);
    onStep("migrations");
    return app.read((ctx) => rehearseUpgrade(editions, signatures, ctx, name));
  });
  tell(rehearsal);
}

const withProposal = (command: Command): Command =>
  command
    .option("--title <text>", "what voters read first, at most 140 bytes")
    .option("--summary <text>", "why, at most 4,096 bytes", "")
    .requiredOption("--deposit <amount>", "for example 100; at least a tenth of what is needed");

const HEIGHT_MAX = 999_999_999;

/** `iterum upgrade`: other rules for a chain that runs. The editions are what this program knows. */
export const upgradeCommand = (editions: readonly Edition[] = chainEditions): Command =>
  new Command("upgrade")
    .description("plan other rules for a chain that runs, and rehearse them")
    .addCommand(
      chainCommand("status", "show the rules that a chain runs under, and what is planned").action(status),
    )
    .addCommand(
      withProposal(txCommandOf("propose", "propose an upgrade to the chain's council"))
        .argument("<name>", "name by which programs know it")
        .addOption(
          new Option("--height <number>", "first block under the new rules")
            .argParser(wholeNumber(1, HEIGHT_MAX))
            .makeOptionMandatory(),
        )
        .option("--info <text>", "where operators find the program", "")
        .action(propose),
    )
    .addCommand(withProposal(txCommandOf("cancel", "propose to drop the planned upgrade")).action(cancel))
    .addCommand(
      homeCommand("rehearse", "run an upgrade on real state in memory, and check everything")
        .option("--export <file>", "state that `iterum export` wrote (default: that of the stopped home)")
        .option("--name <name>", "upgrade to rehearse (default: the planned one, else the next)")
        .action((options: RehearseOptions) => rehearse(options, editions)),
    );
