import type { Hook } from "#chain/kernel/ctx.ts";
import { hook } from "#chain/kernel/module.ts";

/** A member counts for another weight from now on, whatever its age; for 0 once it has left. */
export const standingChanged: Hook<{
  readonly gameId: string;
  readonly member: string;
  readonly weight: bigint;
}> = hook("community.standingChanged");

/** Nobody of the game counts for anything any more, until it claims its place anew. */
export const standingsEnded: Hook<{ readonly gameId: string }> = hook("community.standingsEnded");
