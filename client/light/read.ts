import type { StateEntry } from "#chain/kernel/state.ts";
import { systemClock } from "#client/clock.ts";
import { codes } from "#client/codes.ts";
import { ClientError } from "#client/errors.ts";
import type { ChainNode, ProvenValue } from "#client/node.ts";
import { verifyStoreValue } from "#client/verified.ts";
import type { Header } from "#proto/gen/tendermint/types.ts";
import { headerMs } from "./block.ts";
import type { LightClient } from "./client.ts";
import { LightError } from "./error.ts";

/** A part of the state with its proof checked. */
export interface Verified<V> {
  /** Undefined where it is proven that there is nothing. */
  readonly value: V | undefined;
  /** Height of the state in which it stands. */
  readonly height: bigint;
  /** Time of the block above, whose header proves it, in milliseconds since 1970. */
  readonly timeMs: number;
}

export interface VerifiedOptions {
  /** Height of the state that is meant; the newest that can be proven unless given. */
  readonly height?: bigint;
  /** The newest state, but not one below this height. */
  readonly atLeast?: bigint;
}

const BEHIND_TRIES = 40;
const BEHIND_POLL_MS = 250;

/** The header that carries the hash of the state that is meant: one above it. */
async function headerFor(light: LightClient, { height, atLeast = 1n }: VerifiedOptions): Promise<Header> {
  if (height !== undefined) return light.header(height + 1n);
  const newest = await light.newest();
  return newest.height > atLeast ? newest : light.header(atLeast + 1n);
}

/** The node's answer; waits for a node that is behind. */
async function answerOf(
  node: ChainNode,
  { space, key }: StateEntry<unknown>,
  height: bigint,
): Promise<ProvenValue> {
  for (let tries = 1; ; tries++) {
    try {
      return await node.proven(space, key, height);
    } catch (error) {
      if (!(error instanceof ClientError && error.is(codes.sdk.InvalidHeight))) throw error;
      // A node that has come so far has dropped that state; another one is waited for.
      if (tries >= BEHIND_TRIES || (tries > 1 && (await node.height()) >= height)) throw error;
      await systemClock.sleep(BEHIND_POLL_MS);
    }
  }
}

/**
 * What the state holds in one place, or that it holds nothing there, proven against a header that the light
 * client has verified: the node that answers need not be trusted. Throws LightError where a proof does not
 * hold.
 */
export async function readVerified<V>(
  light: LightClient,
  node: ChainNode,
  entry: StateEntry<V>,
  options: VerifiedOptions = {},
): Promise<Verified<V>> {
  if (options.height !== undefined && options.height < 1n)
    throw new ClientError("badInput", "the first state that can be proven is that of height 1");
  const header = await headerFor(light, options);
  const height = header.height - 1n;
  const { value, proofOps } = await answerOf(node, entry, height);
  // No entry of the store is empty: no bytes say that there is none.
  const found = value.length === 0 ? undefined : value;
  if (!verifyStoreValue(header.appHash, entry.space, entry.key, found, proofOps))
    throw new LightError(
      "badProof",
      `what the node says of ${entry.space} at height ${height} is not proven`,
    );
  return { value: found && entry.decode(found), height, timeMs: headerMs(header) };
}
