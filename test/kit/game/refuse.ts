import assert from "node:assert/strict";
import type { ErrorFactory } from "#chain/kernel/error.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import type { Codec, Rpc } from "#chain/proto/codec.ts";
import { fromJson } from "#chain/proto/json.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import { GenesisState as Auth } from "#proto/gen/iterum/auth.ts";
import { GenesisState as Bank } from "#proto/gen/iterum/bank.ts";
import { GenesisState as Elections } from "#proto/gen/iterum/elections.ts";
import type { Person } from "../accounts.ts";
import type { Said, TestChain } from "../chain.ts";
import { DENOM } from "../genesis.ts";
import { sayAll } from "./play.ts";

/** What each transaction of the test kit pays. */
export const FEE = 4_001n;

const FEES = moduleAddress("fees");

/** What somebody says, and the error that it must meet. */
export type Refusal = readonly [who: Person, error: ErrorFactory, ...said: Said[]];

/** The state with what every transaction changes set back: `failed` counts each payer's transactions. */
function without(state: AppState, failed: ReadonlyMap<string, number>): AppState {
  const read = <T>(codec: Codec<T>, name: string): T => fromJson(codec, state[name] ?? {});
  let all = 0;
  for (const count of failed.values()) all += count;
  const auth = read(Auth, "auth");
  const accounts = auth.accounts
    .filter(({ address }) => address !== FEES)
    .map((account) => ({
      ...account,
      sequence: account.sequence - BigInt(failed.get(account.address) ?? 0),
      publicKey: undefined,
    }));
  const balances = new Map(
    read(Bank, "bank").balances.map((held) => [`${held.address} ${held.denom}`, held.amount]),
  );
  const give = (address: string, amount: bigint): void => {
    const name = `${address} ${DENOM}`;
    balances.set(name, (balances.get(name) ?? 0n) + amount);
  };
  for (const [address, count] of failed) give(address, FEE * BigInt(count));
  give(FEES, -FEE * BigInt(all));
  const elections = { ...read(Elections, "elections"), beacon: undefined };
  return { ...state, auth: { accounts }, bank: { balances }, elections } as unknown as AppState;
}

/**
 * Says all of it in one block: each must fail with its own error, and nothing may change but fees and
 * sequences.
 */
export async function refuses(chain: TestChain, ...refusals: readonly Refusal[]): Promise<void> {
  // The first block opens a round.
  await chain.until(1n);
  const before = without(chain.app.dump(), new Map());
  const { results } = await sayAll(
    chain,
    refusals.map(([who, , ...said]) => [who, ...said]),
  );
  const found = results.map(({ codespace, code, log }) => ({ codespace, code, log }));
  const meant = refusals.map(([, { codespace, code }], i) => ({ codespace, code, log: found[i]?.log }));
  assert.deepEqual(found, meant);
  // What fails by its form costs nothing: no proposer may put it into a block.
  const charged = refusals.filter((_, i) => (results[i]?.gasWanted ?? 0n) > 0n);
  const failed = new Map<string, number>();
  for (const [{ address }] of charged) failed.set(address, (failed.get(address) ?? 0) + 1);
  assert.deepEqual(without(chain.app.dump(), failed), before);
}

/** Says something that must succeed. */
export async function says(chain: TestChain, who: Person, ...said: Said[]): Promise<void> {
  const [result] = await chain.block([who, ...said]);
  assert.deepEqual([result?.code, result?.log], [0, ""]);
}

/** The answer to a query; throws the log of a failed one. */
export function ask<Req, Res>(chain: TestChain, rpc: Rpc<Req, Res>, request: Partial<Req>): Res {
  const found = query(chain, rpc, request);
  assert.equal(found.code, 0, found.log);
  return rpc.response.decode(found.value);
}

const query = <Req, Res>(chain: TestChain, rpc: Rpc<Req, Res>, request: Partial<Req>) =>
  chain.app.query({
    path: rpc.path,
    data: rpc.request.encode({ ...rpc.request.zero(), ...request }),
    height: 0n,
  });

/** A query must fail with the error. */
export function refusesQuery<Req, Res>(
  chain: TestChain,
  rpc: Rpc<Req, Res>,
  request: Partial<Req>,
  { codespace, code }: ErrorFactory,
): void {
  const found = query(chain, rpc, request);
  assert.deepEqual([found.codespace, found.code], [codespace, code], found.log);
}
