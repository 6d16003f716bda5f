import type { MemberIdentity } from "#client/member/identity.ts";
import type { ModuleQueries } from "#client/modules.ts";
import type { ChainPort, DataPort, ItemSource, Store } from "#client/ports.ts";
import type { StepFailed } from "../steps.ts";

/** What a member did or met. */
export type MemberEvent =
  | {
      readonly kind: "committed";
      readonly roundId: bigint;
      readonly items: number;
      readonly streamId: string;
      readonly hash: string;
    }
  | { readonly kind: "satOut"; readonly roundId: bigint; readonly why: string }
  | {
      readonly kind: "revealed";
      readonly roundId: bigint;
      readonly items: number;
      readonly asAlternate: boolean;
    }
  | { readonly kind: "labelled"; readonly roundId: bigint; readonly items: number }
  | { readonly kind: "labelledOthers"; readonly roundId: bigint; readonly items: number }
  | StepFailed;

export interface MemberOptions {
  readonly chain: ChainPort;
  readonly gameId: string;
  readonly source: ItemSource;
  readonly data: DataPort;
  /** Publishing identity: `loadMember` of the same store. */
  readonly identity: MemberIdentity;
  /** Keeps keys, items and labels; nobody else may read it. */
  readonly store: Store;
  readonly onEvent?: (event: MemberEvent) => void;
  /** Stops the member. */
  readonly signal: AbortSignal;
}

/** What the steps of a member share. */
export interface World extends MemberOptions {
  readonly queries: ModuleQueries;
  readonly emit: (event: MemberEvent) => void;
}
