import { Query as Auth } from "#proto/gen/cosmos/auth.ts";
import { Query as Bank } from "#proto/gen/cosmos/bank.ts";
import { Service as Node } from "#proto/gen/cosmos/base/node.ts";
import { Service as Blocks } from "#proto/gen/cosmos/base/tendermint.ts";
import { Query as Distribution } from "#proto/gen/cosmos/distribution.ts";
import { Query as Feegrant } from "#proto/gen/cosmos/feegrant.ts";
import { Query as Gov } from "#proto/gen/cosmos/gov.ts";
import { Query as Mint } from "#proto/gen/cosmos/mint.ts";
import { Query as Slashing } from "#proto/gen/cosmos/slashing.ts";
import { Query as Staking } from "#proto/gen/cosmos/staking.ts";
import { Service as Txs } from "#proto/gen/cosmos/tx.ts";
import { Query as Upgrade } from "#proto/gen/cosmos/upgrade.ts";
import { get, post, type Route } from "../route.ts";

/** Paths as the .proto files of Cosmos SDK give them. */
const auth = [
  get("/cosmos/auth/v1beta1/accounts", Auth.accounts),
  get("/cosmos/auth/v1beta1/accounts/{address}", Auth.account),
  get("/cosmos/auth/v1beta1/account_info/{address}", Auth.accountInfo),
  get("/cosmos/auth/v1beta1/params", Auth.params),
  get("/cosmos/auth/v1beta1/module_accounts", Auth.moduleAccounts),
  get("/cosmos/auth/v1beta1/module_accounts/{name}", Auth.moduleAccountByName),
  get("/cosmos/auth/v1beta1/bech32", Auth.bech32Prefix),
];

const bank = [
  get("/cosmos/bank/v1beta1/balances/{address}", Bank.allBalances),
  get("/cosmos/bank/v1beta1/balances/{address}/by_denom", Bank.balance),
  get("/cosmos/bank/v1beta1/spendable_balances/{address}", Bank.spendableBalances),
  get("/cosmos/bank/v1beta1/spendable_balances/{address}/by_denom", Bank.spendableBalanceByDenom),
  get("/cosmos/bank/v1beta1/supply", Bank.totalSupply),
  get("/cosmos/bank/v1beta1/supply/by_denom", Bank.supplyOf),
  get("/cosmos/bank/v1beta1/supply/{denom}", Bank.supplyOf),
  get("/cosmos/bank/v1beta1/params", Bank.params),
  get("/cosmos/bank/v1beta1/denoms_metadata", Bank.denomsMetadata),
  get("/cosmos/bank/v1beta1/denoms_metadata/{denom}", Bank.denomMetadata),
  get("/cosmos/bank/v1beta1/denoms_metadata_by_query_string", Bank.denomMetadata),
];

const feegrant = [
  get("/cosmos/feegrant/v1beta1/allowance/{granter}/{grantee}", Feegrant.allowance),
  get("/cosmos/feegrant/v1beta1/allowances/{grantee}", Feegrant.allowances),
  get("/cosmos/feegrant/v1beta1/issued/{granter}", Feegrant.allowancesByGranter),
];

const gov = [
  get("/cosmos/gov/v1beta1/proposals", Gov.proposals),
  get("/cosmos/gov/v1beta1/proposals/{proposal_id}", Gov.proposal),
  get("/cosmos/gov/v1beta1/proposals/{proposal_id}/votes", Gov.votes),
  get("/cosmos/gov/v1beta1/proposals/{proposal_id}/votes/{voter}", Gov.vote),
  get("/cosmos/gov/v1beta1/proposals/{proposal_id}/deposits", Gov.deposits),
  get("/cosmos/gov/v1beta1/proposals/{proposal_id}/deposits/{depositor}", Gov.deposit),
  get("/cosmos/gov/v1beta1/proposals/{proposal_id}/tally", Gov.tallyResult),
  get("/cosmos/gov/v1beta1/params/{params_type}", Gov.params),
];

const validators = "/cosmos/staking/v1beta1/validators";
const delegators = "/cosmos/staking/v1beta1/delegators/{delegator_addr}";
const delegation = `${validators}/{validator_addr}/delegations/{delegator_addr}`;
const staking = [
  get(validators, Staking.validators),
  get(`${validators}/{validator_addr}`, Staking.validator),
  get(`${validators}/{validator_addr}/delegations`, Staking.validatorDelegations),
  get(`${validators}/{validator_addr}/unbonding_delegations`, Staking.validatorUnbondingDelegations),
  get(delegation, Staking.delegation),
  get(`${delegation}/unbonding_delegation`, Staking.unbondingDelegation),
  get("/cosmos/staking/v1beta1/delegations/{delegator_addr}", Staking.delegatorDelegations),
  get(`${delegators}/unbonding_delegations`, Staking.delegatorUnbondingDelegations),
  get(`${delegators}/redelegations`, Staking.redelegations),
  get(`${delegators}/validators`, Staking.delegatorValidators),
  get(`${delegators}/validators/{validator_addr}`, Staking.delegatorValidator),
  get("/cosmos/staking/v1beta1/historical_info/{height}", Staking.historicalInfo),
  get("/cosmos/staking/v1beta1/pool", Staking.pool),
  get("/cosmos/staking/v1beta1/params", Staking.params),
];

const slashing = [
  get("/cosmos/slashing/v1beta1/params", Slashing.params),
  get("/cosmos/slashing/v1beta1/signing_infos", Slashing.signingInfos),
  get("/cosmos/slashing/v1beta1/signing_infos/{cons_address}", Slashing.signingInfo),
];

const earners = "/cosmos/distribution/v1beta1/validators/{validator_address}";
const owners = "/cosmos/distribution/v1beta1/delegators/{delegator_address}";
const distribution = [
  get("/cosmos/distribution/v1beta1/params", Distribution.params),
  get("/cosmos/distribution/v1beta1/community_pool", Distribution.communityPool),
  get(earners, Distribution.validatorDistributionInfo),
  get(`${earners}/outstanding_rewards`, Distribution.validatorOutstandingRewards),
  get(`${earners}/commission`, Distribution.validatorCommission),
  get(`${earners}/slashes`, Distribution.validatorSlashes),
  get(`${owners}/rewards`, Distribution.delegationTotalRewards),
  get(`${owners}/rewards/{validator_address}`, Distribution.delegationRewards),
  get(`${owners}/validators`, Distribution.delegatorValidators),
  get(`${owners}/withdraw_address`, Distribution.delegatorWithdrawAddress),
];

const mint = [
  get("/cosmos/mint/v1beta1/params", Mint.params),
  get("/cosmos/mint/v1beta1/inflation", Mint.inflation),
  get("/cosmos/mint/v1beta1/annual_provisions", Mint.annualProvisions),
];

const upgrade = [
  get("/cosmos/upgrade/v1beta1/current_plan", Upgrade.currentPlan),
  get("/cosmos/upgrade/v1beta1/applied_plan/{name}", Upgrade.appliedPlan),
  get("/cosmos/upgrade/v1beta1/module_versions", Upgrade.moduleVersions),
  get("/cosmos/upgrade/v1beta1/authority", Upgrade.authority),
];

const txs = [
  post("/cosmos/tx/v1beta1/simulate", Txs.simulate),
  post("/cosmos/tx/v1beta1/txs", Txs.broadcastTx),
  get("/cosmos/tx/v1beta1/txs", Txs.getTxsEvent),
  get("/cosmos/tx/v1beta1/txs/{hash}", Txs.getTx),
];

const node = [
  get("/cosmos/base/tendermint/v1beta1/node_info", Blocks.getNodeInfo),
  get("/cosmos/base/tendermint/v1beta1/syncing", Blocks.getSyncing),
  get("/cosmos/base/tendermint/v1beta1/blocks/latest", Blocks.getLatestBlock),
  get("/cosmos/base/tendermint/v1beta1/blocks/{height}", Blocks.getBlockByHeight),
  get("/cosmos/base/tendermint/v1beta1/validatorsets/latest", Blocks.getLatestValidatorSet),
  get("/cosmos/base/tendermint/v1beta1/validatorsets/{height}", Blocks.getValidatorSetByHeight),
  get("/cosmos/base/tendermint/v1beta1/abci_query", Blocks.aBCIQuery),
  get("/cosmos/base/node/v1beta1/config", Node.config),
  get("/cosmos/base/node/v1beta1/status", Node.status),
];

/** Every route of the services of Cosmos SDK that this chain answers. */
export const cosmosRoutes: readonly Route[] = [
  ...[auth, bank, feegrant, gov, upgrade],
  ...[staking, slashing, distribution, mint],
  ...[txs, node],
].flat();
