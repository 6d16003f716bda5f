import { setTimeout as sleep } from "node:timers/promises";
import { sha256 } from "#chain/bytes/hash.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { connect } from "#client/connect.ts";
import { Query } from "#proto/gen/cosmos/auth.ts";
import type { Person } from "../accounts.ts";
import { type Said, signTx } from "../chain.ts";
import { ask } from "./rpc.ts";

interface Verdict {
  readonly code: number;
  readonly log: string;
}

const PATIENCE_MS = 120_000;
const POLL_MS = 200;
/** Enough for a beacon key, whose proof of possession takes milliseconds to check. */
const GAS = 20_000_000n;

/** A step that is tried again until it succeeds: the node may be starved, or between two lives. */
export async function insist<T>(what: string, work: () => Promise<T>): Promise<T> {
  for (const endsMs = performance.now() + PATIENCE_MS; ; await sleep(POLL_MS))
    try {
      return await work();
    } catch (cause) {
      if (performance.now() > endsMs) throw new Error(`${what} in vain`, { cause });
    }
}

/** The turn of an account. */
async function turnOf(rpc: string, { address }: Person): Promise<{ number: bigint; sequence: bigint }> {
  const client = await connect({ rpc });
  const { info } = await client.ask(Query.accountInfo, { address });
  client.close();
  return { number: info?.accountNumber ?? 0n, sequence: info?.sequence ?? 0n };
}

/** Sends messages in one transaction by way of a node, and waits for its block; throws when it fails. */
export async function sayOn(rpc: string, who: Person, ...messages: readonly Said[]): Promise<void> {
  const turn = await insist(`asking for ${who.name}'s turn`, () => turnOf(rpc, who));
  const tx = signTx(who, { ...turn, gas: GAS }, ...messages);
  const offer = () => ask<Verdict>(rpc, `broadcast_tx_sync?tx=0x${toHex(tx)}`);
  const { code, log } = await insist(`offering what ${who.name} says`, offer);
  if (code !== 0) throw new Error(`${who.name} was refused: ${log}`);
  const find = () => ask<{ tx_result: Verdict }>(rpc, `tx?hash=0x${toHex(sha256(tx))}`);
  const { tx_result } = await insist(`waiting for what ${who.name} says`, find);
  if (tx_result.code !== 0) throw new Error(`${who.name} failed: ${tx_result.log}`);
}
