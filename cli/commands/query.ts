import { Command } from "commander";
import { toHex } from "#chain/bytes/hex.ts";
import { layoutOf, wholeNumber } from "#cli/context.ts";
import { ensureCli } from "#cli/errors.ts";
import { addressOf } from "#cli/home/keys.ts";
import { tableOf } from "#cli/table.ts";
import { outcomeTable } from "#cli/views/outcome.ts";
import { modelLmsrParams } from "#client/markets.ts";
import { formatAmount } from "#client/units.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { answer, type QueryOptions, queryCommandOf } from "./answer.ts";
import {
  councilCommand,
  proposalCommand,
  proposalsCommand,
  runwayCommand,
  standingCommand,
} from "./query-gov.ts";
import { unitOf } from "./tx.ts";

const phaseOf = (phase: number): string =>
  (Object.entries(Phase).find(([, value]) => value === phase)?.[0] ?? "").slice("PHASE_".length);

const roundColumns = [
  { head: "round", right: true },
  { head: "phase" },
  { head: "open at", right: true },
  { head: "closes", right: true },
  { head: "ended", right: true },
  { head: "reason" },
];

const balances = (who: string, options: QueryOptions): Promise<void> =>
  answer(
    options,
    async (client) => client.bank.balances(await addressOf(layoutOf(options).keys, who)),
    async (coins, client) => {
      const unit = await unitOf(client);
      const shown = coins.map(({ denom, amount }) =>
        denom === unit.base ? formatAmount(amount, unit) : `${amount} ${denom}`,
      );
      return shown.length > 0 ? shown.join("\n") : "nothing";
    },
  );

const rounds = (options: QueryOptions): Promise<void> =>
  answer(
    options,
    (client, gameId) => client.rounds.rounds(gameId, 1n),
    (found) =>
      tableOf(
        roundColumns,
        found.map(({ roundId, phase, openHeight, ends, endedHeight, reason }) => [
          String(roundId),
          phaseOf(phase),
          String(openHeight),
          String(ends[0] ?? ""),
          endedHeight > 0n ? String(endedHeight) : "",
          reason,
        ]),
      ),
  );

const round = (roundId: number, options: QueryOptions): Promise<void> =>
  answer(
    options,
    async (client, gameId) => {
      const found = await client.rounds.round(gameId, BigInt(roundId));
      ensureCli(found, `no round ${roundId}`);
      const seats = await client.elections.committee(gameId, BigInt(roundId));
      return { round: found, seats };
    },
    ({ round: { phase, ends }, seats }) =>
      [
        `phase ${phaseOf(phase)}, phases end at ${ends.join(", ")}`,
        ...seats.map(({ rank, member, selected }) => `seat ${rank}: ${member}, ${selected.length} items`),
      ].join("\n"),
  );

const market = (roundId: number, options: QueryOptions): Promise<void> =>
  answer(
    options,
    async (client, gameId) => {
      const found = await client.markets.market(gameId, BigInt(roundId));
      const orders = await client.markets.orders(gameId, BigInt(roundId));
      const params = found.kind === "model-lmsr/1" ? modelLmsrParams(found) : undefined;
      return { market: found, params, orders };
    },
    async ({ market: { kind, subsidy, vault, priorPpm }, params, orders }, client) => {
      const unit = await unitOf(client);
      const amount = (value: bigint): string => formatAmount(value, unit);
      return [
        `${kind}: subsidy ${amount(subsidy)}, vault ${amount(vault)}${
          params ? `, liquidity ${amount(params.liquidity)}` : ""
        }`,
        `prior ${priorPpm.map((ppm) => `${ppm / 10_000} %`).join(" ")}`,
        ...orders.map(({ operator, bound, modelId }) =>
          [operator, `bound ${amount(bound)}`, modelId.length > 0 ? toHex(modelId) : "sealed"].join("  "),
        ),
      ].join("\n");
    },
  );

const outcome = (roundId: number, options: QueryOptions): Promise<void> =>
  answer(
    options,
    async (client, gameId) => {
      const found = await client.markets.outcome(gameId, BigInt(roundId));
      ensureCli(found, `round ${roundId} is not settled`);
      return found;
    },
    async (found, client) => outcomeTable(found, await unitOf(client)),
  );

const templateColumns = [
  { head: "template" },
  { head: "batch", right: true },
  { head: "inputs", right: true },
  { head: "classes", right: true },
  { head: "proof bytes", right: true },
  { head: "id" },
];

const templates = (options: QueryOptions): Promise<void> =>
  answer(
    options,
    async (client) => ({ templates: await client.proofs.templates(), setup: await client.proofs.setup() }),
    (found) =>
      [
        tableOf(
          templateColumns,
          found.templates.map(({ name, batch, inputSize, classes, proofLength, templateId }) => [
            name,
            ...[batch, inputSize, classes, proofLength].map(String),
            toHex(templateId),
          ]),
        ),
        found.setup?.insecure
          ? "reference string: INSECURE, for development only"
          : "reference string: ceremony",
      ].join("\n"),
  );

const roundCommandOf = (
  name: string,
  description: string,
  action: (roundId: number, options: QueryOptions) => Promise<void>,
): Command =>
  queryCommandOf(name, description)
    .argument("<round>", "number of the round", wholeNumber(1, 999_999_999))
    .action(action);

/** `iterum query`: what the chain knows. */
export const queryCommand = (): Command =>
  new Command("query")
    .description("ask the chain")
    .addCommand(
      queryCommandOf("balances", "coins of an account")
        .argument("<who>", "address, or name of a key of the home")
        .action(balances),
    )
    .addCommand(queryCommandOf("rounds", "all rounds with their phases").action(rounds))
    .addCommand(roundCommandOf("round", "one round: phases and committee", round))
    .addCommand(roundCommandOf("market", "the market of a round and its orders", market))
    .addCommand(roundCommandOf("outcome", "scores and payouts of a settled round", outcome))
    .addCommand(queryCommandOf("templates", "circuits whose models may play").action(templates))
    .addCommand(proposalsCommand())
    .addCommand(proposalCommand())
    .addCommand(standingCommand())
    .addCommand(councilCommand())
    .addCommand(runwayCommand());
