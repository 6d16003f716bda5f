import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { ETHEREUM_ADDRESS_BYTES, ETHEREUM_SIGNATURE_BYTES } from "#chain/protocol/eip191.ts";
import type { MsgBindEthereum, MsgBindEthereumResponse } from "#proto/gen/iterum/community.ts";
import { ensureBinding, putBound } from "./entry.ts";
import { errors } from "./errors.ts";
import { ethereumBound } from "./events.ts";
import { members } from "./state.ts";

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

    putBound(ctx, { ...member, ethereumAddress, bindingSignature: signature });
    ethereumBound(ctx, { gameId, member: address, ethereumAddress });
    return {};
  },
};
