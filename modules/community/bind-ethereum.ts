import { equalBytes } from "#chain/bytes/compare.ts";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import {
  bindingStatement,
  ETHEREUM_ADDRESS_BYTES,
  ETHEREUM_SIGNATURE_BYTES,
  recoverPersonal,
} from "#chain/protocol/eip191.ts";
import type { MsgBindEthereum, MsgBindEthereumResponse } from "#proto/gen/iterum/community.ts";
import { errors } from "./errors.ts";
import { ethereumBound } from "./events.ts";
import { members } from "./state.ts";

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

/** Binds the sender's entry to the Ethereum account that signed the binding statement, once and for ever. */
export const bindEthereum: Handler<MsgBindEthereum, MsgBindEthereumResponse> = {
  signer: (msg) => msg.member,
  check: ({ ethereumAddress, signature }) =>
    ensure(
      ethereumAddress.length === ETHEREUM_ADDRESS_BYTES && signature.length === ETHEREUM_SIGNATURE_BYTES,
      errors.BadBinding,
    ),
  run: (ctx, { member: address, gameId, ethereumAddress, signature }) => {
    const member = members.get(ctx, [gameId, address]);
    ensure(member, errors.NotMember, { gameId, address });
    ensure(member.ethereumAddress.length === 0, errors.AlreadyBound, { gameId, address });
    ensureBinding(ctx, { gameId, address, ethereumAddress }, signature);

    members.set(ctx, [gameId, address], { ...member, ethereumAddress, bindingSignature: signature });
    ethereumBound(ctx, { gameId, member: address, ethereumAddress });
    return {};
  },
};
