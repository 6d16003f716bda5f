import { existsSync } from "node:fs";
import { Command } from "commander";
import { type ChainOptions, chainCommand, keyOf, layoutOf, wholeNumber, withClient } from "#cli/context.ts";
import { beaconEntry, readBeaconKey } from "#cli/home/beacon.ts";
import { say } from "#cli/output.ts";
import { consensusKeyOf, makeNextKey, nextKeyFile, packedKey } from "#cli/validator/consensus-key.ts";
import { accountOf, operatorArgument, showValidator, validatorTable } from "#cli/validator/show.ts";
import {
  descriptionOf,
  ratesOf,
  STAYS,
  type TermsOptions,
  withLimits,
  withTerms,
} from "#cli/validator/terms.ts";
import type { IterumClient } from "#client/connect.ts";
import { msgRegisterBeaconKey } from "#client/elections.ts";
import {
  msgBeginRedelegate,
  msgCancelUnbonding,
  msgCreateValidator,
  msgDelegate,
  msgEditValidator,
  msgRotateConsensusKey,
  msgUndelegate,
  msgUnjail,
  validatorAddress,
} from "#client/staking.ts";
import type { TxMessage } from "#client/tx.ts";
import { parseAmount } from "#client/units.ts";
import { sendAs, type TxOptions, txCommandOf } from "./tx.ts";

/** The coin of stake, and an amount of it. */
async function coinOf(client: IterumClient, text: string) {
  const { bondDenom } = await client.staking.params();
  return { denom: bondDenom, amount: parseAmount(text, await client.bank.unit(bondDenom)) };
}

/** Whether proposers of the chain sign its beacon: then a validator without a key cannot enter the set. */
async function signsBeacon(client: IterumClient): Promise<boolean> {
  const [one] = await client.staking.validators("bonded");
  return one !== undefined && (await client.elections.beaconKey(accountOf(one))).key !== undefined;
}

/** What registers the home's beacon key for the operator's validator. */
async function registration(options: TxOptions, operator: string): Promise<TxMessage> {
  const { publicKey, possession } = beaconEntry(
    await readBeaconKey(layoutOf(options).beaconKey),
    new Uint8Array(0),
  );
  return msgRegisterBeaconKey({ operator, publicKey, possession });
}

async function create(amount: string, options: TermsOptions): Promise<void> {
  const layout = layoutOf(options);
  const key = await consensusKeyOf(layout);
  const from = await keyOf(options, options.from);
  await withClient(
    options,
    async (client) => {
      const message = msgCreateValidator({
        description: descriptionOf(options, ""),
        commission: ratesOf(options),
        minSelfDelegation: (await coinOf(client, options.minSelf ?? "1")).amount,
        delegatorAddress: "",
        validatorAddress: validatorAddress(from.address),
        pubkey: packedKey(key),
        value: await coinOf(client, amount),
      });
      const signs = await signsBeacon(client);
      const more = signs && existsSync(layout.beaconKey) ? [await registration(options, from.address)] : [];
      const { hash, height } = await client.send([message, ...more], { memo: options.memo ?? "" });
      say(`${hash} in block ${height}: validator ${validatorAddress(from.address)}`);
      if (signs) say("it can enter the set once its beacon key holds, 20 blocks later");
    },
    from,
  );
}

async function edit(options: TermsOptions): Promise<void> {
  await sendAs(options, async (client, { address }) =>
    msgEditValidator({
      description: descriptionOf(options, STAYS),
      validatorAddress: validatorAddress(address),
      commissionRate: options.commission,
      minSelfDelegation: options.minSelf ? (await coinOf(client, options.minSelf)).amount : undefined,
    }),
  );
}

async function rotate(options: TxOptions): Promise<void> {
  const layout = layoutOf(options);
  const publicKey = existsSync(nextKeyFile(layout))
    ? await consensusKeyOf(layout, nextKeyFile(layout))
    : await makeNextKey(layout);
  const { height } = await sendAs(options, async (_, { address: operator }) =>
    msgRotateConsensusKey({ operator, publicKey }),
  );
  say(`the new key signs from block ${BigInt(height) + 2n} on: stop the node after the one before,`);
  say(`put ${nextKeyFile(layout)} in the place of priv_validator_key.json,`);
  say("and start the node again");
}

/** A command whose first argument names a validator. */
function towards(
  name: string,
  description: string,
  make: (client: IterumClient, delegator: string, validator: string, amount: string) => Promise<TxMessage>,
): Command {
  return txCommandOf(name, description)
    .argument("<validator>", "operator's address, account, or name of a key of the home")
    .argument("<amount>", "for example 100")
    .action(async (who: string, amount: string, options: TxOptions): Promise<void> => {
      const validator = await operatorArgument(layoutOf(options), who);
      await sendAs(options, (client, { address }) => make(client, address, validator, amount));
    });
}

async function redelegate(from: string, to: string, amount: string, options: TxOptions): Promise<void> {
  const layout = layoutOf(options);
  const [source, destination] = [await operatorArgument(layout, from), await operatorArgument(layout, to)];
  await sendAs(options, async (client, { address: delegatorAddress }) =>
    msgBeginRedelegate({
      delegatorAddress,
      validatorSrcAddress: source,
      validatorDstAddress: destination,
      amount: await coinOf(client, amount),
    }),
  );
}

async function cancel(who: string, amount: string, height: number, options: TxOptions): Promise<void> {
  const validator = await operatorArgument(layoutOf(options), who);
  await sendAs(options, async (client, { address: delegatorAddress }) =>
    msgCancelUnbonding({
      delegatorAddress,
      validatorAddress: validator,
      amount: await coinOf(client, amount),
      creationHeight: BigInt(height),
    }),
  );
}

async function show(who: string | undefined, options: ChainOptions): Promise<void> {
  const layout = layoutOf(options);
  await withClient(options, async (client) => {
    if (who === undefined) say(await validatorTable(client));
    else for (const line of await showValidator(client, await operatorArgument(layout, who))) say(line);
  });
}

const createCommand = (): Command =>
  withLimits(txCommandOf("create", "make the key's account a validator, with the home's node"))
    .argument("<amount>", "first stake of its own, for example 100")
    .action(create);

const stakeCommands = (): Command[] => [
  towards("delegate", "stake with a validator", async (client, delegatorAddress, validator, amount) =>
    msgDelegate({ delegatorAddress, validatorAddress: validator, amount: await coinOf(client, amount) }),
  ),
  towards("undelegate", "take stake back after the unbonding time", async (client, delegator, to, amount) =>
    msgUndelegate({
      delegatorAddress: delegator,
      validatorAddress: to,
      amount: await coinOf(client, amount),
    }),
  ),
  txCommandOf("redelegate", "move stake to another validator")
    .argument("<from>", "operator's address, account, or name of a key of the home")
    .argument("<to>", "the same of the other")
    .argument("<amount>", "for example 100")
    .action(redelegate),
  txCommandOf("cancel", "stake again what is on its way back")
    .argument("<validator>", "operator's address, account, or name of a key of the home")
    .argument("<amount>", "for example 100")
    .argument("<height>", "block in which it began", wholeNumber(1, 999_999_999))
    .action(cancel),
];

/** `iterum validator`: run a validator, and stake with one. */
export const validatorCommand = (): Command => {
  const command = new Command("validator").description("run a validator, and stake with one");
  command.addCommand(createCommand());
  command.addCommand(
    withTerms(txCommandOf("edit", "change what is told of the key's validator, or its commission"))
      .option("--moniker <name>", "how it is called")
      .action(edit),
  );
  for (const each of stakeCommands()) command.addCommand(each);
  command.addCommand(
    txCommandOf("unjail", "let the key's validator back in").action(async (options: TxOptions) => {
      await sendAs(options, async (_, { address: operator }) =>
        msgUnjail({ validatorAddr: validatorAddress(operator) }),
      );
    }),
  );
  command.addCommand(
    txCommandOf("beacon-key", "register the home's beacon key for the key's validator").action(
      async (options: TxOptions) => {
        await sendAs(options, (_, { address: operator }) => registration(options, operator));
      },
    ),
  );
  command.addCommand(
    txCommandOf(
      "rotate",
      "give the key's validator another consensus key, made beside the present one",
    ).action(rotate),
  );
  command.addCommand(
    chainCommand("show", "a validator, or all of them")
      .argument("[validator]", "operator's address, account, or name of a key of the home")
      .action(show),
  );
  return command;
};
