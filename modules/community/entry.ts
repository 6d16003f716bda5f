import { equalBytes } from "#chain/bytes/compare.ts";
import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { bindingStatement, recoverPersonal } from "#chain/protocol/eip191.ts";
import type { Member } from "#proto/gen/iterum/community.ts";
import { errors } from "./errors.ts";
import { ethereums, members } from "./state.ts";

/** Fails with (community, 5) unless the Ethereum account signed the binding to this entry. */
export function ensureBinding(
  ctx: ReadCtx,
  entry: { readonly gameId: string; readonly address: string; readonly ethereumAddress: Uint8Array },
  signature: Uint8Array,
): void {
  const { gameId, address, ethereumAddress } = entry;
  const signer = recoverPersonal(bindingStatement(ctx.chainId, gameId, address, ethereumAddress), signature);
  ensure(signer && equalBytes(signer, ethereumAddress), errors.BadBinding, { gameId, address });
}

/**
 * Puts a bound entry in place of the one before. Its Ethereum account stands behind it alone; fails with
 * (community, 7) where it stands behind another member of the game.
 */
export function putBound(ctx: WriteCtx, member: Member): void {
  const { gameId, address, ethereumAddress } = member;
  const holder = ethereums.get(ctx, [gameId, ethereumAddress]);
  ensure(holder === undefined || holder === address, errors.EthereumTaken, { gameId, member: holder ?? "" });
  ethereums.set(ctx, [gameId, ethereumAddress], address);
  members.set(ctx, [gameId, address], member);
}

/** Takes an entry out; its Ethereum account may stand behind another one from then on. */
export function removeEntry(ctx: WriteCtx, { gameId, address, ethereumAddress }: Member): void {
  if (ethereumAddress.length > 0) ethereums.delete(ctx, [gameId, ethereumAddress]);
  members.delete(ctx, [gameId, address]);
}

/** An entry that has no Ethereum account yet. */
export const unboundEntry = (ctx: ReadCtx, gameId: string, address: string, weight: bigint): Member => ({
  ...{ gameId, address, weight, joinedHeight: ctx.height },
  ...{ ethereumAddress: new Uint8Array(0), bindingSignature: new Uint8Array(0) },
});
