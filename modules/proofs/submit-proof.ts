import { toHex } from "#chain/bytes/hex.ts";
import { assert, ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { statementHash } from "#chain/protocol/statement.ts";
import type { MsgSubmitProof, MsgSubmitProofResponse } from "#proto/gen/iterum/proofs.ts";
import { errors } from "./errors.ts";
import { proofAccepted } from "./events.ts";
import { dues } from "./state.ts";
import { claimOf } from "./statement.ts";

const HASH_BYTES = 32;
const PROOF_BYTES_MAX = 65_536;
/** What judging one proof costs: 1.3 M gas of the EVM, of which a hundred fit a second. */
const PROOF_GAS = 1_300_000n;

/** Pays one batch of an operator's debt with a proof that was judged before the block. */
export const submitProof: Handler<MsgSubmitProof, MsgSubmitProofResponse> = {
  signer: (msg) => msg.operator,
  check: ({ paramsHash, proof }) => {
    ensure(paramsHash.length === HASH_BYTES, errors.BadLength, { paramsHash: paramsHash.length });
    ensure(proof.length <= PROOF_BYTES_MAX, errors.BadLength, { proof: proof.length });
  },
  debt: ({ gameId, roundId, operator }) => `${gameId}/${roundId}/${operator}`,
  proof: (ctx, msg) => claimOf(ctx, msg).task,
  run: (ctx, msg) => {
    const { due, batch, task } = claimOf(ctx, msg);
    ctx.gas.consume(PROOF_GAS);
    const verdict = ctx.verdicts.get(toHex(statementHash(task.statement)));
    assert(verdict !== undefined, "a proof was not judged before its block");
    ensure(verdict, errors.Invalid);

    const { gameId, roundId, operator, batchIndex } = msg;
    const batches = due.batches.map((each) => (each === batch ? { ...each, proven: true } : each));
    dues.set(ctx, [gameId, roundId, operator], { ...due, batches });
    proofAccepted(ctx, { gameId, roundId, operator, modelId: due.modelId, batchIndex });
    return { remaining: batches.filter(({ proven }) => !proven).length };
  },
};
