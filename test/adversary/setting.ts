import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fromJson, type Json } from "#chain/proto/json.ts";
import type { Params } from "#modules/markets/model-lmsr/params.ts";
import { GenesisState as Elections } from "#proto/gen/iterum/elections.ts";
import { GenesisState as Markets } from "#proto/gen/iterum/markets.ts";
import { GenesisState as Proofs } from "#proto/gen/iterum/proofs.ts";
import { GenesisState as Rewards } from "#proto/gen/iterum/rewards.ts";
import { GenesisState as Rounds } from "#proto/gen/iterum/rounds.ts";

/** Base units of a token. */
const TOKEN = 1_000_000;

/** The rules that rounds are played by. Amounts are tokens, but for those of the market's parameters. */
export interface Setting {
  readonly params: Params;
  readonly operatorBond: number;
  readonly memberBond: number;
  readonly rewardPerItem: number;
  /** Items of a model that are proven. */
  readonly sampleSize: number;
  /** Proofs of the game in one block, and blocks in which they are due. */
  readonly proofsPerBlock: number;
  readonly proveBlocks: number;
  /** Cross-labellers an item, and how labels that differ count. */
  readonly panel: number;
  readonly agree: string;
  readonly seats: number;
  readonly itemsPerSeat: number;
  /** Members in the urn. */
  readonly community: number;
  /** Seats that must open their inputs, ⌈2e/3⌉. */
  readonly quorum: number;
  /** How profits are held back: the design's figures. */
  readonly vesting: { readonly rounds: number; readonly commonRoundsMin: number; readonly milli: bigint };
}

const tokens = (amount: bigint): number => Number(amount) / TOKEN;

/** Seats of a larger committee than that of genesis, which is small, that a demo be short. */
const SEATS = 20;

/** The rules of the genesis that this tree ships, with more seats for the same items. */
export function settingOfGenesis(): Setting {
  const path = fileURLToPath(new URL("../../genesis.json", import.meta.url));
  const genesis = JSON.parse(readFileSync(path, "utf8")) as Record<string, Json>;
  const [rule] = fromJson(Markets, genesis["markets"] ?? {}).rules;
  const [election] = fromJson(Elections, genesis["elections"] ?? {}).elections;
  const [audit] = fromJson(Proofs, genesis["proofs"] ?? {}).audits;
  const [reward] = fromJson(Rewards, genesis["rewards"] ?? {}).rules;
  const [game] = fromJson(Rounds, genesis["rounds"] ?? {}).games;
  if (!rule?.modelLmsr || !election || !audit || !reward || !game?.schedule)
    throw new Error("genesis.json has no game");
  return {
    params: rule.modelLmsr,
    operatorBond: tokens(rule.operatorBond),
    memberBond: tokens(election.memberBond),
    rewardPerItem: tokens(election.rewardPerItem),
    sampleSize: audit.sampleSize,
    proofsPerBlock: audit.proofsPerBlock,
    proveBlocks: game.schedule.prove,
    panel: election.panel,
    agree: reward.agree,
    seats: SEATS,
    itemsPerSeat: Math.floor(election.itemsMax / SEATS),
    community: 2 * SEATS,
    quorum: Math.ceil((2 * SEATS) / 3),
    vesting: { rounds: 4, commonRoundsMin: 3, milli: 12_000n },
  };
}

/** Fee in tokens on a bound in tokens. */
export const feeOn = ({ params }: Setting, bound: number): number => (bound * params.feePpm) / 1e6;

/** The largest deposit, tokens. */
export const depositMax = ({ params }: Setting): number => tokens(params.depositMax);
/** The smallest deposit, tokens. */
export const depositMin = ({ params }: Setting): number => tokens(params.depositMin);
/** Items of a round. */
export const itemsOf = ({ seats, itemsPerSeat }: Setting): number => seats * itemsPerSeat;
