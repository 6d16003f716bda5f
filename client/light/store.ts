import { concat } from "#chain/bytes/concat.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { u32be } from "#chain/bytes/int.ts";
import { taggedHash } from "#chain/bytes/tagged.ts";
import { ClientError } from "#client/errors.ts";
import type { SecretStore } from "#client/member/secrets.ts";
import { LightBlock } from "#proto/gen/tendermint/types.ts";
import type { Block } from "./block.ts";

/** Keeps verified blocks between runs; whoever can write there decides what is trusted. */
export type LightStore = Pick<SecretStore, "get" | "put">;

const NAME_BYTES = 16;

/** What the blocks of a chain are kept under. */
const nameOf = (chainId: string): string => {
  const hash = taggedHash("iterum/light", new TextEncoder().encode(chainId));
  return `light-${toHex(hash.subarray(0, NAME_BYTES))}`;
};

function encoded({ header, commit, validators }: Block): Uint8Array {
  const validatorSet = { validators, proposer: undefined, totalVotingPower: 0n };
  const bytes = LightBlock.encode({ signedHeader: { header, commit }, validatorSet });
  return concat(u32be(bytes.length), bytes);
}

function decoded(bytes: Uint8Array): Block {
  const { signedHeader, validatorSet } = LightBlock.decode(bytes);
  const { header, commit } = signedHeader ?? {};
  if (!header || !commit || !validatorSet) throw new ClientError("badInput", "a kept block is damaged");
  return { header, commit, validators: validatorSet.validators };
}

/** The blocks that were kept, none where nothing was; throws ClientError badInput on damage. */
export async function loadBlocks(store: LightStore, chainId: string): Promise<readonly Block[]> {
  const bytes = await store.get(nameOf(chainId));
  const blocks: Block[] = [];
  if (bytes === undefined) return blocks;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  try {
    for (let at = 0; at < bytes.length; ) {
      const end = at + 4 + view.getUint32(at);
      if (end > bytes.length) throw new RangeError("cut off");
      blocks.push(decoded(bytes.subarray(at + 4, end)));
      at = end;
    }
  } catch (error) {
    throw new ClientError("badInput", "the blocks that were kept are damaged", {}, { cause: error });
  }
  return blocks;
}

/** Keeps these blocks in place of those before. */
export const saveBlocks = (store: LightStore, chainId: string, blocks: readonly Block[]): Promise<void> =>
  store.put(nameOf(chainId), concat(...blocks.map(encoded)));
