import { parseAddress } from "#chain/protocol/address.ts";
import { CliError } from "#cli/errors.ts";
import type { MsgCreateValidator } from "#proto/gen/cosmos/staking.ts";
import type { BeaconKey } from "#proto/gen/iterum/elections.ts";
import type { States } from "./states.ts";

/** What the new community takes over from the old chain. */
export interface ChainForkChoices {
  readonly chainId: string;
  /** Games that are kept; all unless told. */
  readonly games?: readonly string[];
  /** New ids of kept games, by their old ones. */
  readonly rename?: ReadonlyMap<string, string>;
  /** Members that stay, in every kept game; all unless told. */
  readonly members?: readonly string[];
  /** Members that do not. */
  readonly dropMembers?: readonly string[];
  /** Members who are new, with weight 1, in every kept game whose community lists its members. */
  readonly addMembers?: readonly string[];
  /** Base units of the budgets of kept games, by their new ids; what they have unless told. */
  readonly treasury?: ReadonlyMap<string, bigint>;
  /** Whether registered models are forgotten. */
  readonly dropModels?: boolean;
  /** Names of templates that are no longer approved. */
  readonly dropTemplates?: readonly string[];
  /** The game whose community is the council, by its new id; the one it was unless told. */
  readonly council?: string;
  /**
   * Who begins the set of validators; without any the chain keeps the set of consensus' genesis, and nobody
   * stakes.
   */
  readonly founders?: readonly MsgCreateValidator[];
  /** Keys that sign the beacon; none on chains whose beacon is hashed, which are for development. */
  readonly beaconKeys: readonly BeaconKey[];
}

/** A choice that cannot be, and why. */
class ForkRefused extends CliError {
  readonly choice: string;

  constructor(choice: string, why: string) {
    super(`${choice}: ${why}`);
    this.choice = choice;
  }
}

/** Throws ForkRefused, which names the choice, unless the condition holds. */
export function ensureChoice(condition: unknown, choice: string, why: string): asserts condition {
  if (!condition) throw new ForkRefused(choice, why);
}

const GAME_ID = /^[a-z0-9][a-z0-9-]{0,31}$/;
const CHAIN_ID = /^[a-zA-Z0-9][a-zA-Z0-9-]{0,49}$/;

function checkGames({ rounds }: States, { games, rename = new Map() }: ChainForkChoices): void {
  const known = rounds.games.map(({ gameId }) => gameId);
  for (const id of games ?? [])
    ensureChoice(known.includes(id), "--games", `there is no game ${id}: there are ${known.join(", ")}`);
  const kept = games ?? known;
  ensureChoice(kept.length > 0, "--games", "a chain without a game");
  for (const [from, to] of rename) {
    ensureChoice(kept.includes(from), "--rename", `${from} is no game that is kept`);
    ensureChoice(GAME_ID.test(to), "--rename", `not an id of a game: ${to.slice(0, 40)}`);
  }
  const ids = kept.map((id) => rename.get(id) ?? id);
  ensureChoice(new Set(ids).size === ids.length, "--rename", "two games would have one id");
}

function checkMembers({ community }: States, choices: ChainForkChoices): void {
  const known = new Set(community.members.map(({ address }) => address));
  for (const [choice, list] of [
    ["--members", choices.members ?? []],
    ["--drop-members", choices.dropMembers ?? []],
  ] as const)
    for (const address of list)
      ensureChoice(known.has(address), choice, `${address.slice(0, 80)} is no member of any game`);
  for (const address of choices.addMembers ?? []) {
    ensureChoice(parseAddress(address), "--add-members", `not an address: ${address.slice(0, 80)}`);
    const isDropped = choices.dropMembers?.includes(address) ?? false;
    ensureChoice(!isDropped, "--add-members", `${address} is dropped and added`);
  }
  for (const address of choices.members ?? []) {
    const isDropped = choices.dropMembers?.includes(address) ?? false;
    ensureChoice(!isDropped, "--drop-members", `${address} is among the members that stay`);
  }
}

/** Refuses choices that contradict the chain or each other. Throws ForkRefused. */
export function checkChoices(states: States, oldChainId: string, choices: ChainForkChoices): void {
  const { chainId, treasury = new Map(), dropTemplates = [], rename = new Map(), council } = choices;
  ensureChoice(CHAIN_ID.test(chainId), "--chain-id", "1 to 50 letters, digits and dashes");
  // Signatures for one chain would hold on the other.
  ensureChoice(chainId !== oldChainId, "--chain-id", `the old chain has the id ${oldChainId} already`);
  checkGames(states, choices);
  checkMembers(states, choices);
  const old = states.rounds.games.map(({ gameId }) => gameId);
  const kept = (choices.games ?? old).map((id) => rename.get(id) ?? id);
  for (const [gameId, amount] of treasury) {
    ensureChoice(kept.includes(gameId), "--treasury", `there will be no game ${gameId}`);
    ensureChoice(amount >= 0n, "--treasury", "a budget is not negative");
  }
  if (council !== undefined)
    ensureChoice(kept.includes(council), "--council", `there will be no game ${council}`);
  const names = states.proofs.templates.map(({ name }) => name);
  for (const name of dropTemplates)
    ensureChoice(names.includes(name), "--drop-templates", `no template ${name}: ${names.join(", ")}`);
  const { founders = [] } = choices;
  const params = states.validators.params;
  ensureChoice(founders.length === 0 || params, "--stake", "nobody stakes on the old chain");
  const isDev = states.rounds.params?.dev ?? false;
  const why = "only development chains have a beacon that nobody signs";
  ensureChoice(choices.beaconKeys.length > 0 || isDev, "--validators", why);
}
