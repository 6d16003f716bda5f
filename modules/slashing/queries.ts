import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Answers } from "#chain/kernel/module.ts";
import { pageOf } from "#chain/kernel/page.ts";
import { mulDiv } from "#chain/math/mul-div.ts";
import { addressBytes } from "#chain/protocol/address.ts";
import { consensusAddress, parseConsensusAddress, toConsensusAddress } from "#chain/protocol/operator.ts";
import * as validators from "#modules/validators/api.ts";
import type { Query, ValidatorSigningInfo } from "#proto/gen/cosmos/slashing.ts";
import type { SigningRecord } from "#proto/gen/iterum/slashing.ts";
import { errors } from "./errors.ts";
import { params } from "./params.ts";
import { records } from "./state.ts";

function infoTo(ctx: ReadCtx, record: SigningRecord): ValidatorSigningInfo {
  const { operator, startHeight, missed, jailedUntilMs, tombstoned } = record;
  const { publicKey } = validators.validatorOf(ctx, operator);
  return {
    address: toConsensusAddress(consensusAddress(publicKey)),
    startHeight,
    indexOffset: ctx.height > startHeight ? ctx.height - startHeight : 0n,
    jailedUntil: { seconds: mulDiv(jailedUntilMs, 1n, 1_000n, "down"), nanos: 0 },
    tombstoned,
    missedBlocksCounter: BigInt(missed),
  };
}

function* byOperator(ctx: ReadCtx): Iterable<readonly [Uint8Array, SigningRecord]> {
  for (const [operator, record] of records.all(ctx)) yield [addressBytes(operator), record];
}

/** The reads of who signs that wallets of the Cosmos world make. */
export const answers: Answers<typeof Query> = {
  params: (ctx) => ({ params: params(ctx) }),
  signingInfo: (ctx, { consAddress }) => {
    const address = parseConsensusAddress(consAddress);
    ensure(address, errors.BadAddress, { address: consAddress.slice(0, 80) });
    const validator = validators.byConsensusAddress(ctx, address);
    const record = validator && records.get(ctx, validator.operator);
    ensure(record, errors.NoSigningInfo, { consAddress });
    return { valSigningInfo: infoTo(ctx, record) };
  },
  signingInfos: (ctx, { pagination: asked }) => {
    const { items, pagination } = pageOf(byOperator(ctx), asked);
    return { info: items.map((record) => infoTo(ctx, record)), pagination };
  },
};
