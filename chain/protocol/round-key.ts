import { u64be } from "#chain/bytes/int.ts";
import { taggedHash } from "#chain/bytes/tagged.ts";
import { utf8 } from "#chain/bytes/utf8.ts";

/** Names one round of one game on one chain. */
export interface RoundRef {
  readonly chainId: string;
  readonly gameId: string;
  readonly roundId: bigint;
}

/** A tagged hash that is worth something in one round only: tag, chain, game, round, then the parts. */
export const roundHash = (tag: string, ref: RoundRef, ...parts: readonly Uint8Array[]): Uint8Array =>
  taggedHash(tag, utf8(ref.chainId), utf8(ref.gameId), u64be(ref.roundId), ...parts);
