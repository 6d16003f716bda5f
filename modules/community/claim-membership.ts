import { equalBytes } from "#chain/bytes/compare.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { verifyMerkleProof } from "#chain/merkle/rfc6962.ts";
import { ETHEREUM_ADDRESS_BYTES, ETHEREUM_SIGNATURE_BYTES } from "#chain/protocol/eip191.ts";
import { snapshotLeaf } from "#chain/protocol/snapshot.ts";
import type { MsgClaimMembership, MsgClaimMembershipResponse } from "#proto/gen/iterum/community.ts";
import { ensureBinding, putBound, unboundEntry } from "./entry.ts";
import { errors } from "./errors.ts";
import { snapshots } from "./kinds.ts";
import { ruleOfKind } from "./rule.ts";
import { claims, members } from "./state.ts";
import { changing } from "./weight.ts";

/**
 * Gives the sender the place that the game's snapshot has for an Ethereum account, which signed for it. A
 * place is claimed once under each snapshot; who claims it again under a later one keeps its age.
 */
export const claimMembership: Handler<MsgClaimMembership, MsgClaimMembershipResponse> = {
  signer: ({ member }) => member,
  check: ({ ethereumAddress, signature, weight }) => {
    ensure(
      ethereumAddress.length === ETHEREUM_ADDRESS_BYTES && signature.length === ETHEREUM_SIGNATURE_BYTES,
      errors.BadBinding,
    );
    ensure(weight > 0n, errors.BadProof, { weight });
  },
  run: (ctx, { member: address, gameId, ethereumAddress, weight, leafIndex, aunts, signature }) => {
    const { snapshot } = ruleOfKind(ctx, gameId, snapshots);
    ensure(snapshot, errors.BadProof, { gameId });
    const { root, leaves } = snapshot;
    const leaf = snapshotLeaf(ethereumAddress, weight);
    ensure(verifyMerkleProof(root, leaf, leafIndex, leaves, aunts), errors.BadProof, { gameId, leafIndex });
    ensureBinding(ctx, { gameId, address, ethereumAddress }, signature);
    const found = members.get(ctx, [gameId, address]);
    const isOwn = !found || equalBytes(found.ethereumAddress, ethereumAddress);
    ensure(isOwn, errors.AlreadyBound, { gameId, address });
    const claim = claims.get(ctx, [gameId, address]);
    ensure(!claim || !equalBytes(claim.root, root), errors.AlreadyClaimed, { gameId, address });

    changing(ctx, gameId, address, () => {
      const entry = found ?? unboundEntry(ctx, gameId, address, weight);
      putBound(ctx, { ...entry, weight, ethereumAddress, bindingSignature: signature });
      claims.set(ctx, [gameId, address], { gameId, member: address, root });
    });
    return {};
  },
};
