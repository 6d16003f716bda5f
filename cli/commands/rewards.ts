import { Command } from "commander";
import { parseAddress } from "#chain/protocol/address.ts";
import { type ChainOptions, chainCommand, keyOf, layoutOf, withClient } from "#cli/context.ts";
import { ensureCli } from "#cli/errors.ts";
import { addressOf } from "#cli/home/keys.ts";
import { say } from "#cli/output.ts";
import { tableOf } from "#cli/table.ts";
import { operatorArgument } from "#cli/validator/show.ts";
import type { IterumClient } from "#client/connect.ts";
import {
  msgFundCommunityPool,
  msgSetWithdrawAddress,
  msgWithdrawCommission,
  msgWithdrawReward,
} from "#client/distribution.ts";
import { validatorAddress } from "#client/staking.ts";
import { formatAmount, parseAmount, type Unit } from "#client/units.ts";
import type { Coin } from "#proto/gen/cosmos/base.ts";
import { sendAs, type TxOptions, txCommandOf, unitOf } from "./tx.ts";

/** Delegations that one transaction withdraws from at most. */
const WITHDRAWALS_MAX = 20;

/** Coins for people: those of the chain's own denom in tokens. */
const coinsText = (coins: readonly Coin[], unit: Unit): string =>
  coins.length === 0
    ? "nothing"
    : coins
        .map(({ denom, amount }) => (denom === unit.base ? formatAmount(amount, unit) : `${amount} ${denom}`))
        .join(", ");

/** What an account's validator has kept for it; nothing where it runs none. */
async function commissionOf(client: IterumClient, account: string): Promise<readonly Coin[]> {
  const operator = validatorAddress(account);
  return (await client.staking.validator(operator)) ? client.distribution.commission(operator) : [];
}

async function show(who: string, options: ChainOptions): Promise<void> {
  const account = await addressOf(layoutOf(options).keys, who);
  await withClient(options, async (client) => {
    const unit = await unitOf(client);
    const rewards = await client.distribution.rewardsByValidator(account);
    const columns = [{ head: "validator" }, { head: "earned", right: true }];
    const rows = rewards.map((each) => [each.validatorAddress, coinsText(each.amount, unit)]);
    if (rows.length > 0) say(tableOf(columns, rows));
    say(`earned      ${coinsText(await client.distribution.totalRewards(account), unit)}`);
    say(`commission  ${coinsText(await commissionOf(client, account), unit)}`);
    say(`paid to     ${await client.distribution.payee(account)}`);
  });
}

async function withdraw(who: string | undefined, options: TxOptions): Promise<void> {
  const from = await keyOf(options, options.from);
  const { address: delegatorAddress } = from;
  const only = who === undefined ? undefined : await operatorArgument(layoutOf(options), who);
  await withClient(
    options,
    async (client) => {
      const all = await client.distribution.rewardsByValidator(delegatorAddress);
      const due = all
        .filter(({ amount }) => amount.length > 0)
        .filter(({ validatorAddress: each }) => only === undefined || each === only);
      ensureCli(due.length > 0, "there is nothing to withdraw yet");
      const messages = due
        .slice(0, WITHDRAWALS_MAX)
        .map(({ validatorAddress: each }) => msgWithdrawReward({ delegatorAddress, validatorAddress: each }));
      const { hash, height } = await client.send(messages, { memo: options.memo ?? "" });
      say(`${hash} in block ${height}`);
      if (due.length > WITHDRAWALS_MAX) say(`${due.length - WITHDRAWALS_MAX} validators are left: once more`);
    },
    from,
  );
}

async function commission(options: TxOptions): Promise<void> {
  await sendAs(options, async (_, { address }) =>
    msgWithdrawCommission({ validatorAddress: validatorAddress(address) }),
  );
}

async function payTo(who: string, options: TxOptions): Promise<void> {
  const withdrawAddress = await addressOf(layoutOf(options).keys, who);
  ensureCli(parseAddress(withdrawAddress), `not an address: ${withdrawAddress.slice(0, 80)}`);
  await sendAs(options, async (_, { address: delegatorAddress }) =>
    msgSetWithdrawAddress({ delegatorAddress, withdrawAddress }),
  );
}

async function fund(amount: string, options: TxOptions): Promise<void> {
  await sendAs(options, async (client, { address: depositor }) => {
    const unit = await unitOf(client);
    return msgFundCommunityPool({
      depositor,
      amount: [{ denom: unit.base, amount: parseAmount(amount, unit) }],
    });
  });
}

async function pool(options: ChainOptions): Promise<void> {
  await withClient(options, async (client) =>
    say(coinsText(await client.distribution.communityPool(), await unitOf(client))),
  );
}

/** `iterum rewards`: what stake has earned, and the community's pool. */
export const rewardsCommand = (): Command =>
  new Command("rewards")
    .description("see and withdraw what stake has earned")
    .addCommand(
      chainCommand("show", "what an account's stake and validator have earned")
        .argument("<who>", "address, or name of a key of the home")
        .action(show),
    )
    .addCommand(
      txCommandOf("withdraw", "pay out what stake has earned, with one validator or with all")
        .argument("[validator]", "operator's address, account, or name of a key of the home")
        .action(withdraw),
    )
    .addCommand(txCommandOf("commission", "pay out the commission of the key's validator").action(commission))
    .addCommand(
      txCommandOf("pay-to", "say which account gets what the key's stake and validator earn")
        .argument("<who>", "address, or name of a key of the home; its own to undo it")
        .action(payTo),
    )
    .addCommand(
      txCommandOf("fund", "give coins to the community's pool")
        .argument("<amount>", "for example 100")
        .action(fund),
    )
    .addCommand(chainCommand("pool", "what the community's pool has").action(pool));
