import { Command } from "commander";
import { parseAddress } from "#chain/protocol/address.ts";
import {
  type ChainOptions,
  chainCommand,
  gameOf,
  gameOption,
  keyOf,
  layoutOf,
  withClient,
} from "#cli/context.ts";
import { ensureCli } from "#cli/errors.ts";
import { addressOf, type Key } from "#cli/home/keys.ts";
import { say } from "#cli/output.ts";
import { msgSend } from "#client/bank.ts";
import type { IterumClient } from "#client/connect.ts";
import { msgDonate, msgPayFee, msgSubscribe, msgUnsubscribe } from "#client/treasury.ts";
import { responseOf, type TxMessage, type TxResult } from "#client/tx.ts";
import { formatAmount, parseAmount } from "#client/units.ts";
import { MsgPayFeeResponse } from "#proto/gen/iterum/treasury.ts";

export interface TxOptions extends ChainOptions {
  readonly from: string;
  readonly memo?: string;
  readonly game?: string;
}

/** The coin that amounts of the command line are in: the one in which fees are paid. */
export async function unitOf(client: IterumClient) {
  const params = await client.rounds.params();
  ensureCli(params, "the chain names no denom");
  return client.bank.unit(params.denom);
}

type Make = (client: IterumClient, key: Key) => Promise<TxMessage>;

/** Sends what is made with the key that the options name, and prints the hash once it is in a block. */
export async function sendAs(options: TxOptions, make: Make): Promise<TxResult> {
  const key = await keyOf(options, options.from);
  const { memo = "" } = options;
  const result: TxResult = await withClient(
    options,
    async (client) => client.send([await make(client, key)], { memo }),
    key,
  );
  say(`${result.hash} in block ${result.height}, gas ${result.gasUsed}`);
  return result;
}

async function send(to: string, amount: string, options: TxOptions): Promise<void> {
  const toAddress = await addressOf(layoutOf(options).keys, to);
  ensureCli(parseAddress(toAddress), `not an address: ${toAddress.slice(0, 80)}`);
  await sendAs(options, async (client, { address: fromAddress }) => {
    const unit = await unitOf(client);
    const base = parseAmount(amount, unit);
    say(`${formatAmount(base, unit)} from ${fromAddress} to ${toAddress}`);
    return msgSend({ fromAddress, toAddress, amount: [{ denom: unit.base, amount: base }] });
  });
}

async function donate(amount: string, options: TxOptions): Promise<void> {
  await sendAs(options, async (client, { address: sender }) =>
    msgDonate({
      sender,
      gameId: await gameOf(client, options.game),
      amount: parseAmount(amount, await unitOf(client)),
    }),
  );
}

async function subscribe(priceMax: string, options: TxOptions): Promise<void> {
  await sendAs(options, async (client, { address: subscriber }) =>
    msgSubscribe({
      subscriber,
      gameId: await gameOf(client, options.game),
      priceMax: parseAmount(priceMax, await unitOf(client)),
    }),
  );
}

async function unsubscribe(options: TxOptions): Promise<void> {
  await sendAs(options, async (client, { address: subscriber }) =>
    msgUnsubscribe({ subscriber, gameId: await gameOf(client, options.game) }),
  );
}

async function payFee(payee: string, amount: string, options: TxOptions): Promise<void> {
  const to = await addressOf(layoutOf(options).keys, payee);
  const result = await sendAs(options, async (client, { address: payer }) =>
    msgPayFee({
      payer,
      gameId: await gameOf(client, options.game),
      payee: to,
      amount: parseAmount(amount, await unitOf(client)),
    }),
  );
  const { share } = responseOf(MsgPayFeeResponse, result);
  const unit = await withClient(options, unitOf);
  say(`${formatAmount(share, unit)} of it to the game's budget`);
}

/** A command that sends a transaction. */
export const txCommandOf = (name: string, description: string): Command =>
  chainCommand(name, description)
    .requiredOption("--from <name>", "key of the home that signs and pays")
    .option("--memo <text>", "text for people, at most 256 bytes");

/** `iterum tx`: transactions; each prints its hash once it is in a block. */
export const txCommand = (): Command =>
  new Command("tx")
    .description("send a transaction and wait until it is in a block")
    .addCommand(
      txCommandOf("send", "send coins")
        .argument("<to>", "address, or name of a key of the home")
        .argument("<amount>", "for example 1.5 or 1500000uiter")
        .action(send),
    )
    .addCommand(
      txCommandOf("donate", "give coins to a game's budget")
        .argument("<amount>", "for example 100")
        .addOption(gameOption())
        .action(donate),
    )
    .addCommand(
      txCommandOf("subscribe", "pay a game's budget every period")
        .argument("<price>", "most that a period may cost, for example 3")
        .addOption(gameOption())
        .action(subscribe),
    )
    .addCommand(
      txCommandOf("unsubscribe", "pay no further period").addOption(gameOption()).action(unsubscribe),
    )
    .addCommand(
      txCommandOf("pay-fee", "pay somebody for a service of a game, whose budget gets its share")
        .argument("<to>", "address, or name of a key of the home")
        .argument("<amount>", "for example 2, the share included")
        .addOption(gameOption())
        .action(payFee),
    );
