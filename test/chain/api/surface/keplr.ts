import assert from "node:assert/strict";
import { test } from "node:test";
import { CHAIN_ID, DENOM } from "#test/kit/genesis.ts";
import { ann, type Body, body, operator, stranger, surface } from "./env.ts";
import { fits } from "./kit.ts";
import { walletSchemas as schemas } from "./schemas.ts";

/** Calls of Keplr for a suggested chain, as its source makes them, with what it reads of the answers. */
const calls: readonly (readonly [path: string, schema: keyof typeof schemas])[] = [
  ["/cosmos/base/tendermint/v1beta1/node_info", "nodeInfo"],
  [`/cosmos/auth/v1beta1/accounts/${ann.address}`, "account"],
  [`/cosmos/bank/v1beta1/balances/${ann.address}?pagination.limit=1000`, "balances"],
  [`/cosmos/bank/v1beta1/spendable_balances/${ann.address}?pagination.limit=1000`, "balances"],
  [`/cosmos/bank/v1beta1/supply/${DENOM}`, "supply"],
  [`/cosmos/bank/v1beta1/supply/by_denom?denom=${DENOM}`, "supply"],
  ["/cosmos/base/tendermint/v1beta1/blocks/latest", "block"],
  ["/cosmos/base/tendermint/v1beta1/blocks/1", "block"],
  ["/cosmos/base/tendermint/v1beta1/validatorsets/latest?pagination.limit=1000", "validatorSet"],
  ["/cosmos/staking/v1beta1/validators?pagination.limit=1000&status=BOND_STATUS_BONDED", "validators"],
  ["/cosmos/staking/v1beta1/params", "stakingParams"],
  ["/cosmos/staking/v1beta1/pool", "pool"],
  [`/cosmos/staking/v1beta1/delegations/${operator}?pagination.limit=1000`, "delegations"],
  [
    `/cosmos/staking/v1beta1/delegators/${operator}/unbonding_delegations?pagination.limit=1000`,
    "unbondings",
  ],
  [`/cosmos/distribution/v1beta1/delegators/${operator}/rewards`, "rewards"],
  ["/cosmos/distribution/v1beta1/params", "distributionParams"],
  ["/cosmos/mint/v1beta1/inflation", "inflation"],
  ["/cosmos/mint/v1beta1/annual_provisions", "provisions"],
  ["/cosmos/slashing/v1beta1/signing_infos", "signingInfos"],
  ["/cosmos/gov/v1beta1/proposals?pagination.limit=3000&pagination.reverse=true", "proposals"],
  ["/cosmos/gov/v1beta1/params/tallying", "tallying"],
];

test("every call that Keplr makes for a suggested chain is answered in the shape that it reads", async () => {
  const { get } = surface();
  for (const [path, name] of calls) fits(schemas[name], await body(get(path)), path);
});

test("Keplr finds the chain's id, its features, and that an account has none yet", async () => {
  const { get, node } = surface();
  const info = await body(get("/cosmos/base/tendermint/v1beta1/node_info"));
  assert.equal((info["default_node_info"] as Body)["network"], CHAIN_ID);
  const status = async (path: string) => (await get(path)).status;
  // It takes 400 for "there is such a query" and 501 for "there is not".
  assert.equal(await status("/cosmos/bank/v1beta1/spendable_balances/test"), 400);
  assert.equal(await status("/ibc/apps/transfer/v1/params"), 501);
  assert.equal(await status("/ibc/applications/transfer/v1beta1/params"), 501);
  assert.equal(await status(`/cosmos/auth/v1beta1/accounts/${stranger.address}`), 404);
  const rpc = (await (await fetch(`${node.rpcUrl}/status`)).json()) as {
    result: { node_info: { network: string } };
  };
  assert.equal(rpc.result.node_info.network, CHAIN_ID);
  const socket = new WebSocket(`${node.rpcUrl.replace("http", "ws")}/websocket`);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  socket.close();
});
