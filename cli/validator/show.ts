import { decText } from "#chain/proto/dec.ts";
import { consensusAddress, parseOperator, toConsensusAddress } from "#chain/protocol/operator.ts";
import { CliError, ensureCli } from "#cli/errors.ts";
import { addressOf } from "#cli/home/keys.ts";
import type { HomeLayout } from "#cli/home/layout.ts";
import { tableOf } from "#cli/table.ts";
import type { IterumClient } from "#client/connect.ts";
import { validatorAddress } from "#client/staking.ts";
import { formatAmount } from "#client/units.ts";
import { PubKey } from "#proto/gen/cosmos/crypto/ed25519.ts";
import { BondStatus, type Validator } from "#proto/gen/cosmos/staking.ts";

const STATES: ReadonlyMap<number, string> = new Map([
  [BondStatus.BOND_STATUS_BONDED, "in the set"],
  [BondStatus.BOND_STATUS_UNBONDING, "left the set"],
  [BondStatus.BOND_STATUS_UNBONDED, "outside"],
]);

const stateOf = ({ status, jailed }: Validator): string =>
  `${STATES.get(status) ?? "unknown"}${jailed ? ", jailed" : ""}`;

/** The operator's address of an argument: that itself, an account's, or the name of a key of the home. */
export const operatorArgument = async (layout: HomeLayout, who: string): Promise<string> =>
  parseOperator(who) === undefined ? validatorAddress(await addressOf(layout.keys, who)) : who;

/** The account that runs a validator. */
export function accountOf({ operatorAddress }: Validator): string {
  const account = parseOperator(operatorAddress);
  ensureCli(account, `not an operator's address: ${operatorAddress}`);
  return account;
}

const percent = (units: bigint): string => `${Number(decText(units)) * 100} %`;

/** The consensus address of a validator. */
function consensusAddressOf({ consensusPubkey }: Validator): string {
  const { key } = PubKey.decode(consensusPubkey?.value ?? new Uint8Array(0));
  return toConsensusAddress(consensusAddress(key));
}

async function unitOfStake(client: IterumClient) {
  const { bondDenom } = await client.staking.params();
  return client.bank.unit(bondDenom);
}

/** All validators, the greatest stake first. */
export async function validatorTable(client: IterumClient): Promise<string> {
  const unit = await unitOfStake(client);
  const all = [...(await client.staking.validators())];
  all.sort((a, b) => (a.tokens === b.tokens ? 0 : a.tokens > b.tokens ? -1 : 1));
  const columns = [
    { head: "validator" },
    { head: "stake", right: true },
    { head: "commission", right: true },
    { head: "state" },
  ];
  const rows = all.map((each) => [
    `${each.description?.moniker} ${each.operatorAddress}`,
    formatAmount(each.tokens, unit),
    percent(each.commission?.commissionRates?.rate ?? 0n),
    stateOf(each),
  ]);
  return tableOf(columns, rows);
}

/** What is known of a validator, line by line. Throws CliError where there is none. */
export async function showValidator(client: IterumClient, operator: string): Promise<readonly string[]> {
  const found = await client.staking.validator(operator);
  if (!found) throw new CliError(`there is no validator ${operator}`);
  const unit = await unitOfStake(client);
  const { key, coming } = await client.elections.beaconKey(accountOf(found));
  const { description, tokens, commission } = found;
  const rates = commission?.commissionRates;
  const later = coming ? `, another holds after block ${coming.height}` : "";
  return [
    `${description?.moniker}: ${operator}`,
    `account          ${accountOf(found)}`,
    `consensus key    ${consensusAddressOf(found)}`,
    `state            ${stateOf(found)}`,
    `stake            ${formatAmount(tokens, unit)}`,
    `commission       ${percent(rates?.rate ?? 0n)}, at most ${percent(rates?.maxRate ?? 0n)}`,
    `beacon key       ${key ? "holds" : "none"}${later}`,
  ];
}
