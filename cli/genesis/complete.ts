import type { AppState } from "#chain/kernel/genesis.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import { bindingStatement, ethereumAddress, signPersonal } from "#chain/protocol/eip191.ts";
import { templateId } from "#chain/protocol/template.ts";
import { ensureCli } from "#cli/errors.ts";
import type { MsgCreateValidator } from "#proto/gen/cosmos/staking.ts";
import type { Member } from "#proto/gen/iterum/community.ts";
import type { BeaconKey, Election } from "#proto/gen/iterum/elections.ts";
import type { Schedule } from "#proto/gen/iterum/rounds.ts";
import { appStateOf, type TypedGenesis } from "./base.ts";
import type { GenesisTemplates } from "./templates.ts";

/** An account with coins at the start. */
export interface FundedAccount {
  readonly address: string;
  /** Base units. */
  readonly amount: bigint;
}

/** A member at the start: account, Ethereum account, and its signature that binds both. */
export interface GenesisMember {
  readonly address: string;
  readonly ethereumAddress: Uint8Array;
  readonly bindingSignature: Uint8Array;
}

/** What the base leaves open. */
export interface GenesisChoices {
  readonly chainId: string;
  readonly accounts: readonly FundedAccount[];
  readonly members: readonly GenesisMember[];
  readonly beaconKeys: readonly BeaconKey[];
  /** Who founds the set of validators by stake; without any the set is agreed: that of consensus' genesis. */
  readonly founders?: readonly MsgCreateValidator[];
  /** Tokens that the game's featurizer counts. */
  readonly vocabulary: readonly string[];
  readonly templates: GenesisTemplates;
  /** Class frequencies of public rows: the prior of the first round. Uniform when absent. */
  readonly frequencies?: readonly number[];
  readonly schedule?: Partial<Schedule>;
  readonly election?: Partial<Election>;
}

/** What a member's Ethereum key signs to be in genesis. */
export const bindMember = (
  chainId: string,
  gameId: string,
  address: string,
  ethereumKey: Uint8Array,
): GenesisMember => {
  const bound = ethereumAddress(ethereumKey);
  const statement = bindingStatement(chainId, gameId, address, bound);
  return { address, ethereumAddress: bound, bindingSignature: signPersonal(statement, ethereumKey) };
};

/** The id of the one game that a base describes. */
export function gameIdOf(base: TypedGenesis): string {
  const [game, ...more] = base.rounds.games;
  ensureCli(game && more.length === 0, "the genesis file must describe exactly one game");
  return game.gameId;
}

const PPM = 1_000_000;
/** Least prior of a class that the market allows, in millionths. */
const PRIOR_MIN_PPM = 50_000;

/** Frequencies as a prior in millionths that sums to 10⁶, every entry at least 5 %. */
export function priorPpm(frequencies: readonly number[]): number[] {
  const total = frequencies.reduce((sum, each) => sum + each, 0);
  const free = PPM - PRIOR_MIN_PPM * frequencies.length;
  const share = (each: number): number => (total > 0 ? each / total : 1 / frequencies.length);
  const lifted = frequencies.map((each) => PRIOR_MIN_PPM + Math.floor(share(each) * free));
  const missing = PPM - lifted.reduce((sum, each) => sum + each, 0);
  const greatest = frequencies.indexOf(Math.max(...frequencies));
  return lifted.map((each, i) => (i === greatest ? each + missing : each));
}

function money(base: TypedGenesis, accounts: readonly FundedAccount[]): TypedGenesis["bank"] {
  const denom = base.rounds.params?.denom ?? "";
  const budgets = base.treasury.budgets.reduce((sum, { available }) => sum + available, 0n);
  const held = budgets > 0n ? [{ address: moduleAddress("treasury"), denom, amount: budgets }] : [];
  const purses = accounts.map(({ address, amount }) => ({ address, denom, amount }));
  return { ...base.bank, balances: [...base.bank.balances, ...purses, ...held] };
}

/** The rules of stake with who founds the set; none where nobody does. */
const stake = ({ validators }: TypedGenesis, founders: readonly MsgCreateValidator[] = []) =>
  founders.length > 0
    ? { ...validators, founders: { messages: founders, transactions: [] } }
    : { ...validators, params: undefined };

const memberOf = (gameId: string, member: GenesisMember): Member => ({
  ...member,
  gameId,
  weight: 1n,
  joinedHeight: 0n,
});

/** The rules of the game with what was chosen for it. */
function play(base: TypedGenesis, choices: GenesisChoices): Partial<TypedGenesis> {
  const { schedule, election, vocabulary, frequencies } = choices;
  const classes = choices.templates.templates[0]?.classes ?? base.rounds.games[0]?.classes ?? 2;
  const prior = priorPpm(frequencies ?? new Array<number>(classes).fill(1));
  return {
    rounds: {
      ...base.rounds,
      games: base.rounds.games.map((game) => {
        ensureCli(game.schedule, "the genesis file has a game without a schedule");
        return { ...game, classes, schedule: { ...game.schedule, ...schedule } };
      }),
    },
    elections: {
      ...base.elections,
      beaconKeys: choices.beaconKeys,
      elections: base.elections.elections.map((each) => ({ ...each, ...election })),
    },
    commitments: {
      ...base.commitments,
      rules: base.commitments.rules.map((rule) => ({
        ...rule,
        featurizer: rule.featurizer && { ...rule.featurizer, tokens: vocabulary },
      })),
    },
    markets: {
      ...base.markets,
      rules: base.markets.rules.map((rule) => ({
        ...rule,
        modelLmsr: rule.modelLmsr && { ...rule.modelLmsr, classes, priorPpm: prior },
      })),
    },
  };
}

/** A complete genesis: the base with accounts, members, keys, vocabulary and templates filled in. */
export function completeGenesis(base: TypedGenesis, choices: GenesisChoices): AppState {
  const gameId = gameIdOf(base);
  const { setup, templates, verifierCode } = choices.templates;
  const templateIds = templates.map(templateId);
  const complete: TypedGenesis = {
    ...base,
    bank: money(base, choices.accounts),
    validators: stake(base, choices.founders),
    community: { ...base.community, members: choices.members.map((member) => memberOf(gameId, member)) },
    proofs: {
      ...base.proofs,
      setup,
      templates,
      verifiers: [{ code: verifierCode }],
      audits: base.proofs.audits.map((audit) => ({ ...audit, templateIds })),
    },
    ...play(base, choices),
  };
  return appStateOf(complete);
}
