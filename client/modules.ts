import { type BankQueries, bankQueries } from "./bank.ts";
import { type CommitmentsQueries, commitmentsQueries } from "./commitments.ts";
import { type CommunityQueries, communityQueries } from "./community.ts";
import { type DistributionQueries, distributionQueries } from "./distribution.ts";
import { type ElectionsQueries, electionsQueries } from "./elections.ts";
import { type FeegrantQueries, feegrantQueries } from "./feegrant.ts";
import { type GovQueries, govQueries } from "./gov.ts";
import { type MarketsQueries, marketsQueries } from "./markets.ts";
import type { Ask } from "./ports.ts";
import { type ProofsQueries, proofsQueries } from "./proofs.ts";
import { type RewardsQueries, rewardsQueries } from "./rewards.ts";
import { type RoundsQueries, roundsQueries } from "./rounds.ts";
import { type StakingQueries, stakingQueries } from "./staking.ts";
import { type TreasuryQueries, treasuryQueries } from "./treasury.ts";
import { type UpgradeQueries, upgradeQueries } from "./upgrade.ts";
import { type VestingQueries, vestingQueries } from "./vesting.ts";

/** The typed questions that every module answers. */
export interface ModuleQueries {
  readonly bank: BankQueries;
  readonly feegrant: FeegrantQueries;
  readonly community: CommunityQueries;
  readonly treasury: TreasuryQueries;
  readonly rounds: RoundsQueries;
  readonly elections: ElectionsQueries;
  readonly commitments: CommitmentsQueries;
  readonly proofs: ProofsQueries;
  readonly markets: MarketsQueries;
  readonly rewards: RewardsQueries;
  readonly gov: GovQueries;
  readonly vesting: VestingQueries;
  readonly staking: StakingQueries;
  readonly distribution: DistributionQueries;
  readonly upgrade: UpgradeQueries;
}

/** The questions of all modules over one way to ask. */
export const moduleQueries = (ask: Ask): ModuleQueries => ({
  bank: bankQueries(ask),
  feegrant: feegrantQueries(ask),
  community: communityQueries(ask),
  treasury: treasuryQueries(ask),
  rounds: roundsQueries(ask),
  elections: electionsQueries(ask),
  commitments: commitmentsQueries(ask),
  proofs: proofsQueries(ask),
  markets: marketsQueries(ask),
  rewards: rewardsQueries(ask),
  gov: govQueries(ask),
  vesting: vestingQueries(ask),
  staking: stakingQueries(ask),
  distribution: distributionQueries(ask),
  upgrade: upgradeQueries(ask),
});
