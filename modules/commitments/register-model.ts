import { bigFromBytes } from "#chain/bytes/int.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { addressBytes } from "#chain/protocol/address.ts";
import { isFelt } from "#chain/protocol/field.ts";
import { modelId as modelIdOf } from "#chain/protocol/model.ts";
import * as proofs from "#modules/proofs/api.ts";
import type { MsgRegisterModel, MsgRegisterModelResponse } from "#proto/gen/iterum/commitments.ts";
import { errors } from "./errors.ts";
import { modelRegistered } from "./events.ts";
import { models } from "./state.ts";

const HASH_BYTES = 32;

/** Registers weights of an approved template, by their hash, under the sender's name. */
export const registerModel: Handler<MsgRegisterModel, MsgRegisterModelResponse> = {
  signer: (msg) => msg.owner,
  check: ({ paramsHash }) =>
    ensure(paramsHash.length === HASH_BYTES && isFelt(bigFromBytes(paramsHash)), errors.BadModel),
  run: (ctx, { owner, templateId, paramsHash }) => {
    const { vkaDigest, settings } = proofs.template(ctx, templateId);
    const modelId = modelIdOf({
      owner: addressBytes(owner),
      vkaDigest,
      settings,
      paramsPoseidon: paramsHash,
    });
    ensure(!models.has(ctx, modelId), errors.AlreadyRegistered);

    models.set(ctx, modelId, { modelId, owner, templateId, paramsHash, registeredHeight: ctx.height });
    modelRegistered(ctx, { owner, modelId, templateId });
    return { modelId };
  },
};
