import { ApiError } from "./errors.ts";

/** Blocks that a search may go through where it names no value of an event. */
const HEIGHTS_MAX = 1_000n;

/**
 * Refuses a search that CometBFT, which loads whatever matches before it gives a page, would do over its
 * whole index: one without an equality, unless one range of `tx.height` bounds it. Throws ApiError. The
 * language is that of CometBFT's libs/pubsub/query/syntax; what is none of it is left for CometBFT to refuse.
 */
export function ensureBounded(query: string): void {
  const bare = query.replace(/'[^']*'/g, "''");
  if (/(?:^|[^<>])=/.test(bare)) return;
  const bounds = (pattern: RegExp): readonly bigint[] =>
    bare.split(/\bAND\b/).flatMap((condition) => {
      const [, height] = pattern.exec(condition.trim()) ?? [];
      return height === undefined ? [] : [BigInt(height)];
    });
  const [lowest, ...lower] = bounds(/^tx\.height\s*>=?\s*([0-9]{1,18})$/);
  const [highest, ...higher] = bounds(/^tx\.height\s*<=?\s*([0-9]{1,18})$/);
  // CometBFT takes the last of several bounds.
  const isOneRange = bare.split("tx.height").length === 3 && lower.length + higher.length === 0;
  if (!isOneRange || lowest === undefined || highest === undefined || highest - lowest > HEIGHTS_MAX)
    throw new ApiError("invalidArgument", `query needs an event with "=", or ${HEIGHTS_MAX} heights at most`);
}
