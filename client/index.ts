// The client library: everything that users of a chain may rely on.

export { runMember } from "./agents/member/member.ts";
export type { MemberEvent, MemberOptions } from "./agents/member/types.ts";
export { runOperator } from "./agents/operator/operator.ts";
export { guessingStrategy, trainedStrategy } from "./agents/operator/strategies.ts";
export type { OperatorEvent, OperatorOptions, Strategy } from "./agents/operator/types.ts";
export type { StepFailed } from "./agents/steps.ts";
export { iterumAminoTypes } from "./amino.ts";
export { type BankQueries, msgMultiSend, msgSend } from "./bank.ts";
export { systemClock } from "./clock.ts";
export { codes } from "./codes.ts";
export {
  type CommitmentsQueries,
  featurizerSpec,
  msgCommitData,
  msgCommitPanelLabels,
  msgDenounce,
  msgRegisterModel,
  msgRevealInputs,
  msgRevealLabels,
  msgRevealPanelLabels,
  msgSealDenouncement,
} from "./commitments.ts";
export {
  type CommunityQueries,
  type Holding,
  msgBindEthereum,
  msgClaimMembership,
  msgStake,
  msgUnstake,
  placeIn,
  snapshotOf,
} from "./community.ts";
export { type ConnectOptions, connect, type IterumClient, type LightTrust } from "./connect.ts";
export {
  type DistributionQueries,
  msgFundCommunityPool,
  msgSetWithdrawAddress,
  msgWithdrawCommission,
  msgWithdrawReward,
} from "./distribution.ts";
export { type ElectionsQueries, msgVoteCouncil } from "./elections.ts";
export { type ChainErrorCode, ClientError, type ClientErrorKind } from "./errors.ts";
export { eventsOf, type TypedEvent, typedEvent } from "./events.ts";
export {
  type AllowanceLimits,
  type FeegrantQueries,
  msgGrantAllowance,
  msgRevokeAllowance,
} from "./feegrant.ts";
export {
  type GovQueries,
  governedFromJson,
  governedToJson,
  msgDeposit,
  msgPropose,
  msgVote,
  packGoverned,
} from "./gov.ts";
export { LightClient, type LightOptions } from "./light/client.ts";
export { type Entries, entries } from "./light/entries.ts";
export { LightError, type LightFault } from "./light/error.ts";
export type { Verified, VerifiedOptions } from "./light/read.ts";
export { type BlockSource, rpcSource } from "./light/source.ts";
export type { LightStore } from "./light/store.ts";
export {
  type MarketsQueries,
  modelLmsrParams,
  msgCommitPredictions,
  msgOpenOrder,
  msgOpenPredictions,
  msgPlaceOrder,
  msgTrade,
} from "./markets.ts";
export { loadMember, type MemberIdentity } from "./member/identity.ts";
export { fileSecrets, type SecretStore } from "./member/secrets.ts";
export { type ModuleQueries, moduleQueries } from "./modules.ts";
export type { BlockTx, ChainBlock } from "./node.ts";
export type {
  Ask,
  ChainPort,
  Clock,
  DataPort,
  ItemSource,
  ProverPort,
  SourceItem,
  Store,
  TrainerPort,
  TrainingSet,
  TrainingTask,
} from "./ports.ts";
export { type KnownTemplate, msgSubmitProof, type ProofsQueries } from "./proofs.ts";
export { iterumRegistry } from "./registry.ts";
export type { RewardsQueries } from "./rewards.ts";
export { isOver, phaseEnd, type RoundsQueries } from "./rounds.ts";
export {
  type EthereumProvider,
  type EthereumSigner,
  signerFromEthereumKey,
  signerFromKey,
  signerFromMnemonic,
  signerFromWallet,
  type TxSigner,
} from "./signer.ts";
export type { Simulation } from "./simulate.ts";
export {
  msgBeginRedelegate,
  msgCancelUnbonding,
  msgCreateValidator,
  msgDelegate,
  msgEditValidator,
  msgUndelegate,
  type StakingQueries,
  validatorAddress,
} from "./staking.ts";
export {
  msgDonate,
  msgPayFee,
  msgSubscribe,
  msgUnsubscribe,
  type TreasuryQueries,
} from "./treasury.ts";
export { type ChainEvent, responseOf, type SendOptions, type TxMessage, type TxResult } from "./tx.ts";
export { formatAmount, ITER, parseAmount, type Unit } from "./units.ts";
export { type StoreProofOp, verifyStoreValue } from "./verified.ts";
export { msgSuspect, type VestingQueries } from "./vesting.ts";
