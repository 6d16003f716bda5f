import { toHex } from "#chain/bytes/hex.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import type { Json } from "#chain/proto/json.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import { templateId } from "#chain/protocol/template.ts";
import type { Exported } from "#cli/genesis/exported.ts";
import { GenesisState as Validators } from "#proto/gen/iterum/validators.ts";
import { type ChainForkChoices, checkChoices, ensureChoice } from "./choices.ts";
import { forkCommunity } from "./community.ts";
import { pursesOf } from "./purses.ts";
import { newReport, type ReportLine } from "./report.ts";
import type { Source } from "./source.ts";
import { type States, statesOf, withStates } from "./states.ts";
import { type Residuals, type Work, windDown } from "./wind-down.ts";

const TREASURY = moduleAddress("treasury");
const DISTRIBUTION = moduleAddress("distribution");
/** One, in units of 10⁻¹⁸. */
const ATTO = 10n ** 18n;

/** The state of a new chain, and what became of the old one. */
export interface ChainFork {
  readonly exported: Exported;
  readonly report: readonly ReportLine[];
  /** Of every denom, before and after. */
  readonly supply: readonly { readonly denom: string; readonly before: bigint; readonly after: bigint }[];
}

/** The last version of each kept game's rule, in force from the first round on. */
function latest<T extends { readonly gameId: string; readonly fromRound: bigint }>(
  all: readonly T[],
  games: readonly string[],
): T[] {
  return games.flatMap((gameId) => {
    const own = all.filter((each) => each.gameId === gameId);
    const [first] = own.toSorted((a, b) => (a.fromRound < b.fromRound ? 1 : -1));
    return first ? [{ ...first, fromRound: 0n }] : [];
  });
}

/** Budgets as chosen: of games that are dropped they leave the world, and what is chosen beyond enters it. */
function forkTreasury(
  { states, purses, report }: Work,
  games: readonly string[],
  residuals: Residuals,
  chosen: ReadonlyMap<string, bigint>,
): States["treasury"] {
  const { treasury } = states;
  const budgets = treasury.budgets.flatMap((budget) => {
    const { gameId, denom } = budget;
    const has = budget.available + (residuals.get(gameId) ?? 0n);
    const isKept = games.includes(gameId);
    const available = isKept ? (chosen.get(gameId) ?? has) : 0n;
    if (available > has) purses.mint(TREASURY, denom, available - has);
    else purses.burn(TREASURY, denom, has - available);
    const note = available === has ? "" : `${gameId}: ${has} → ${available} ${denom}`;
    report.tell("budgets", isKept ? 1 : 0, isKept ? 0 : 1, note);
    return isKept ? [{ ...budget, available }] : [];
  });
  report.tell("subscriptions", 0, treasury.subscriptions.length, "nobody pays on for another chain unasked");
  const plans = treasury.plans.filter(({ gameId }) => games.includes(gameId));
  return { budgets, plans, ledgers: [], subscriptions: [] };
}

function forkProofs(
  { states: { proofs }, report }: Work,
  games: readonly string[],
  drop: readonly string[],
): States["proofs"] {
  const templates = proofs.templates.filter(({ name }) => !drop.includes(name));
  report.tell("templates", templates.length, proofs.templates.length - templates.length);
  const audits = latest(proofs.audits, games);
  const ids = new Set(templates.map((each) => toHex(templateId(each))));
  for (const { gameId, templateIds } of audits)
    for (const id of templateIds) {
      const name = proofs.templates.find((each) => toHex(templateId(each)) === toHex(id))?.name ?? "";
      ensureChoice(ids.has(toHex(id)), "--drop-templates", `${gameId} plays with ${name}`);
    }
  return { ...proofs, templates, audits, dues: [] };
}

function forkCommitments(
  { states: { commitments }, report }: Work,
  games: readonly string[],
  { templates }: States["proofs"],
  dropModels: boolean,
): States["commitments"] {
  const ids = new Set(templates.map((each) => toHex(templateId(each))));
  const models = dropModels ? [] : commitments.models.filter((each) => ids.has(toHex(each.templateId)));
  report.tell("models", models.length, commitments.models.length - models.length);
  const nothing = { commitments: [], sets: [], lists: [], contents: [], sheets: [], denouncements: [] };
  return { ...nothing, models, rules: latest(commitments.rules, games) };
}

function forkRounds({ states: { rounds }, report }: Work, games: readonly string[], height: bigint) {
  const schedules = latest(rounds.schedules, games);
  report.tell("games", games.length, rounds.games.length - games.length);
  const kept = rounds.games.filter(({ gameId }) => games.includes(gameId));
  return {
    params: rounds.params,
    games: kept.map((game) => ({
      ...game,
      schedule: schedules.find((each) => each.gameId === game.gameId)?.schedule ?? game.schedule,
      startHeight: height,
    })),
    rounds: [],
    schedules: [],
  };
}

/** What is left of rewards once all are paid is the community's. */
function forkDistribution({ states: { distribution }, purses }: Work): States["distribution"] {
  const communityPool = purses
    .denoms(DISTRIBUTION)
    .map((denom) => ({ denom, amount: purses.of(DISTRIBUTION, denom) * ATTO }))
    .sort((a, b) => (a.denom < b.denom ? -1 : 1));
  const { params, payees } = distribution;
  return { params, payees, communityPool, earnings: [], starts: [], slashes: [] };
}

/** The council's game by its old id; a chain without one has none. */
function councilOf({ gov }: States, games: readonly string[], chosen: string | undefined): string {
  const councilGameId = chosen ?? gov.params?.councilGameId ?? "";
  const isThere = councilGameId === "" || games.includes(councilGameId);
  ensureChoice(isThere, "--council", `the game of the council, ${councilGameId}, is dropped: choose another`);
  return councilGameId;
}

function forkStates(work: Work, choices: ChainForkChoices, height: bigint): States {
  const { states } = work;
  const { rename = new Map(), treasury = new Map(), dropTemplates = [], dropModels = false } = choices;
  const games = choices.games ?? states.rounds.games.map(({ gameId }) => gameId);
  const oldId = (id: string): string => games.find((each) => (rename.get(each) ?? each) === id) ?? id;
  const councilGameId = councilOf(states, games, choices.council && oldId(choices.council));
  const budgets = new Map([...treasury].map(([id, amount]) => [oldId(id), amount]));
  const residuals = windDown(work);
  const proofs = forkProofs(work, games, dropTemplates);
  const { elections, gov, markets, rewards, upgrade, validators, vesting } = states;
  const { founders = [] } = choices;
  return {
    auth: { ...states.auth, unorderedRuns: [] },
    commitments: forkCommitments(work, games, proofs, dropModels),
    community: forkCommunity(work, games, choices, height),
    distribution: forkDistribution(work),
    elections: {
      ...statesOf({}).elections,
      elections: latest(elections.elections, games),
      beaconKeys: choices.beaconKeys,
    },
    gov: { ...statesOf({}).gov, params: gov.params && { ...gov.params, councilGameId } },
    markets: {
      ...statesOf({}).markets,
      rules: latest(markets.rules, games),
      histories: markets.histories.filter(({ gameId }) => games.includes(gameId)),
    },
    proofs,
    rewards: { ...rewards, rules: latest(rewards.rules, games), counts: [] },
    rounds: forkRounds(work, games, height),
    slashing: {
      ...statesOf({}).slashing,
      params: founders.length > 0 ? states.slashing.params : undefined,
    },
    treasury: forkTreasury(work, games, residuals, budgets),
    upgrade: { ...upgrade, plan: undefined, applied: [] },
    validators:
      founders.length > 0
        ? {
            ...Validators.zero(),
            params: validators.params,
            founders: { messages: founders, transactions: [] },
          }
        : Validators.zero(),
    vesting: {
      ...statesOf({}).vesting,
      rules: vesting.rules.filter(({ gameId }) => games.includes(gameId)),
    },
    bank: { ...states.bank, balances: work.purses.all() },
  };
}

/** A copy in which ids of games are others, wherever they stand. */
function withIds(value: Json, ids: ReadonlyMap<string, string>): Json {
  if (Array.isArray(value)) return value.map((each) => withIds(each as Json, ids));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      const isId = /^(?:gameId|\w+GameId)$/.test(name) && typeof each === "string";
      return [name, isId ? (ids.get(each) ?? each) : withIds(each as Json, ids)];
    }),
  );
}

/**
 * The state of a new chain out of that of an old one, which goes on at the next height under another id. What
 * is under way ends as if it had not begun; nobody's coins change but by what comes back. Throws ForkRefused.
 */
export function forkChain({ exported, paid }: Source, choices: ChainForkChoices): ChainFork {
  checkChoices(statesOf(paid), exported.chainId, choices);
  const states = statesOf(paid);
  const [purses, report] = [pursesOf(states.bank.balances), newReport()];
  const denoms = [...new Set(states.bank.balances.map(({ denom }) => denom))];
  const before = denoms.map((denom) => purses.supply(denom));
  const next = forkStates({ states, purses, report }, choices, exported.initialHeight);
  const isStaked = (choices.founders?.length ?? 0) > 0;
  const kept = Object.entries(withStates(paid, next)).filter(
    // Changes of rules name rounds that are no more; what is minted goes to those who stake.
    ([name]) => name !== "games" && (isStaked || name !== "mint"),
  );
  const appState = withIds(Object.fromEntries(kept) as Json, choices.rename ?? new Map()) as AppState;
  return {
    exported: { ...exported, chainId: choices.chainId, appState },
    report: report.lines(),
    supply: denoms.map((denom, i) => ({ denom, before: before[i] ?? 0n, after: purses.supply(denom) })),
  };
}
