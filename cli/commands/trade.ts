import { Command, InvalidArgumentError } from "commander";
import { fromHex } from "#chain/bytes/hex.ts";
import { gameOf, gameOption, layoutOf, wholeNumber } from "#cli/context.ts";
import { ensureCli } from "#cli/errors.ts";
import { addressOf } from "#cli/home/keys.ts";
import { say } from "#cli/output.ts";
import { msgTrade } from "#client/markets.ts";
import { formatAmount, parseAmount } from "#client/units.ts";
import { answer, type QueryOptions, queryCommandOf } from "./answer.ts";
import { sendAs, type TxOptions, txCommandOf, unitOf } from "./tx.ts";

const CLASSES_MAX = 16;
const PPM = 1_000_000;
const NO_LIMIT = 0;
const round = wholeNumber(1, 999_999_999);

interface TradeOptions extends TxOptions {
  readonly model: string;
  readonly cost: string;
  readonly price: number;
}

/** A probability such as 0.65 in millionths. */
function priceOf(text: string): number {
  const ppm = /^0?\.[0-9]{1,6}$/.test(text) ? Math.round(Number(text) * PPM) : 0;
  if (ppm === 0) throw new InvalidArgumentError("a price is between 0 and 1, with at most six decimals.");
  return ppm;
}

function modelOf(text: string): Uint8Array {
  ensureCli(/^[0-9a-f]{64}$/i.test(text), "a model has 64 hex digits, as `iterum query market` shows them");
  return fromHex(text);
}

const trade =
  (sale: boolean) =>
  async (roundId: number, outcome: number, amount: string, options: TradeOptions): Promise<void> => {
    await sendAs(options, async (client, { address: operator }) => {
      const unit = await unitOf(client);
      const gameId = await gameOf(client, options.game);
      const key = { gameId, roundId: BigInt(roundId) };
      const shares = parseAmount(amount, unit);
      const wanted = { ...key, operator, outcome, shares, sale, priceLimitPpm: options.price };
      const quote = await client.markets.quote(wanted);
      const [traded, cost, fee] = [quote.shares, quote.cost, quote.fee].map((each) =>
        formatAmount(each, unit),
      );
      say(`${traded} shares of outcome ${outcome} for ${cost}, fee ${fee}`);
      const costLimit = parseAmount(options.cost, unit);
      return msgTrade({ ...wanted, modelId: modelOf(options.model), costLimit });
    });
  };

const orderCommand = (sale: boolean): Command =>
  txCommandOf(sale ? "sell" : "buy", `${sale ? "sell" : "buy"} shares of an outcome at the live price`)
    .argument("<round>", "round that is open", round)
    .argument("<outcome>", "class, from 0", wholeNumber(0, CLASSES_MAX - 1))
    .argument("<shares>", "each pays its outcome's part of a token, for example 100")
    .requiredOption("--model <id>", "registered model that the trade follows")
    .requiredOption(
      "--cost <amount>",
      sale ? "least that it must bring" : "most that it may cost with its fee",
    )
    .option(
      "--price <limit>",
      "trade only as far as the price is on this side, for example 0.65",
      priceOf,
      NO_LIMIT,
    )
    .addOption(gameOption())
    .action(trade(sale));

const percent = (ppm: number): string => `${(ppm / 10_000).toFixed(2)} %`;

const prices = (roundId: number, options: QueryOptions): Promise<void> =>
  answer(
    options,
    (client, gameId) => client.markets.prices(gameId, BigInt(roundId)),
    (found) => found.map((ppm, outcome) => `outcome ${outcome}: ${percent(ppm)}`).join("\n"),
  );

const holding = (roundId: number, who: string, options: QueryOptions): Promise<void> =>
  answer(
    options,
    async (client, gameId) => {
      const address = await addressOf(layoutOf(options).keys, who);
      const orders = await client.markets.orders(gameId, BigInt(roundId));
      const found = orders.find(({ operator }) => operator === address);
      ensureCli(found, `${who} holds nothing in round ${roundId}`);
      return found;
    },
    async ({ shares, credit, bound, payout }, client) => {
      const unit = await unitOf(client);
      const amount = (value: bigint): string => formatAmount(value, unit);
      const lines = shares.map((held, outcome) => `outcome ${outcome}: ${amount(held)}`);
      return [
        ...lines,
        `paid in ${amount(bound)}, credit ${amount(credit)}, paid out ${amount(payout)}`,
      ].join("\n");
    },
  );

const roundCommand = (name: string, description: string): Command =>
  queryCommandOf(name, description).argument("<round>", "number of the round", round);

/** `iterum trade`: shares of outcomes, in games that have a market of them. */
export const tradeCommand = (): Command =>
  new Command("trade")
    .description("buy and sell shares of outcomes")
    .addCommand(orderCommand(false))
    .addCommand(orderCommand(true))
    .addCommand(roundCommand("prices", "prices of the outcomes").action(prices))
    .addCommand(
      roundCommand("holding", "what somebody holds, has paid in and was paid out")
        .argument("<who>", "address, or name of a key of the home")
        .action(holding),
    );
