import type { AppState } from "#chain/kernel/genesis.ts";
import type { Json } from "#chain/proto/json.ts";
import { ensureCli } from "#cli/errors.ts";

/** What a fork changes about the game of a genesis; what is absent stays. */
export interface ForkChoices {
  readonly gameId?: string;
  readonly title?: string;
  /** Name of the token, letters only: `Good` has the base unit `ugood`. */
  readonly token?: string;
  readonly classes?: number;
  /** Rule of the rewards module for the game, without the game's id. */
  readonly reward?: Readonly<Record<string, Json>>;
  /** Lengths of phases in blocks, by their names in genesis. */
  readonly schedule?: ReadonlyMap<string, number>;
  /** Numbers of the election, by their names in genesis. */
  readonly election?: ReadonlyMap<string, Json>;
  /** Base units. */
  readonly budget?: bigint;
  readonly liquidity?: bigint;
}

/** One value that a fork has changed. */
export interface Change {
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

type Fields = { [name: string]: Json };

const isFields = (value: Json | undefined): value is Json & Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A copy in which every text under such a name is replaced. */
function renamed(value: Json, names: RegExp, to: string): Json {
  if (Array.isArray(value)) return value.map((each) => renamed(each as Json, names, to));
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      names.test(name) && typeof each === "string" ? to : renamed(each, names, to),
    ]),
  );
}

/** The only entry of a list of a module's state. Throws CliError. */
function only(state: AppState, module: string, list: string): Fields {
  const entries = (state[module] as Fields | undefined)?.[list];
  ensureCli(Array.isArray(entries) && entries.length === 1, `genesis needs exactly one of ${module}.${list}`);
  return entries[0] as Fields;
}

const shown = (value: Json | undefined): string =>
  value === undefined ? "—" : typeof value === "string" ? value : JSON.stringify(value);

/** Changes fields in place and remembers which. */
class Edits {
  readonly changes: Change[] = [];

  set(fields: Fields, what: string, name: string, value: Json | undefined): void {
    if (value === undefined) return;
    const before = shown(fields[name]);
    fields[name] = value;
    if (before !== shown(value)) this.changes.push({ what, before, after: shown(value) });
  }

  /** Sets fields that must exist already: a name that does not is a mistake. Throws CliError. */
  setKnown(fields: Fields, what: string, values: ReadonlyMap<string, Json> | undefined): void {
    for (const [name, value] of values ?? []) {
      const known = Object.keys(fields).filter((each) => typeof fields[each] === typeof value);
      ensureCli(Object.hasOwn(fields, name), `${what} has no "${name}": it has ${known.join(", ")}`);
      this.set(fields, `${what} ${name}`, name, value);
    }
  }
}

/** Base unit, display unit and symbol of a token. */
function denomOf(token: string): { base: string; display: string; symbol: string } {
  ensureCli(/^[A-Za-z]{3,12}$/.test(token), `a token's name has 3 to 12 letters, not "${token}"`);
  const display = token.toLowerCase();
  return { base: `u${display}`, display, symbol: token.toUpperCase() };
}

function setToken(state: AppState, token: string, edits: Edits): AppState {
  const { base, display, symbol } = denomOf(token);
  const old = only(state, "bank", "denoms")["base"];
  const next = renamed(state as Fields, /^(?:denom|\w+Denom)$/, base) as Fields;
  const unit = only(next, "bank", "denoms");
  Object.assign(unit, { base, display, symbol, name: token, description: `Token of a game's community` });
  edits.changes.push({ what: "token", before: shown(old), after: base });
  return next;
}

/** The genesis of another game made from a game's genesis, with what was changed. Throws CliError. */
export function forkGenesis(
  from: AppState,
  choices: ForkChoices,
): { readonly appState: AppState; readonly changes: readonly Change[] } {
  const edits = new Edits();
  let state = structuredClone(from) as Fields;
  const oldId = shown(only(state, "rounds", "games")["gameId"]);
  if (choices.gameId !== undefined && choices.gameId !== oldId) {
    state = renamed(state, /^(?:gameId|\w+GameId)$/, choices.gameId) as Fields;
    edits.changes.push({ what: "game", before: oldId, after: choices.gameId });
  }
  if (choices.token !== undefined) state = setToken(state, choices.token, edits) as Fields;
  const game = only(state, "rounds", "games");
  edits.set(game, "title", "title", choices.title);
  edits.set(game, "classes", "classes", choices.classes);
  edits.setKnown(game["schedule"] as Fields, "schedule", choices.schedule);
  edits.setKnown(only(state, "elections", "elections"), "election", choices.election);
  edits.set(only(state, "treasury", "budgets"), "budget", "available", choices.budget?.toString());
  setMarket(state, choices, edits);
  if (choices.reward) {
    const rule = only(state, "rewards", "rules");
    for (const [name, value] of Object.entries(choices.reward))
      edits.set(rule, `reward ${name}`, name, value);
  }
  return { appState: state, changes: edits.changes };
}

function setMarket(state: Fields, { classes, liquidity }: ForkChoices, edits: Edits): void {
  const rule = only(state, "markets", "rules");
  if (!isFields(rule["modelLmsr"])) {
    ensureCli(classes === undefined && liquidity === undefined, "only model-lmsr/1 takes these choices");
    return;
  }
  const params: Fields = rule["modelLmsr"];
  if (classes !== undefined) {
    params["classes"] = classes;
    // The prior of the first round comes from public rows at init.
    const share = Math.floor(1_000_000 / classes);
    params["priorPpm"] = Array.from({ length: classes }, (_, i) =>
      i === 0 ? 1_000_000 - share * (classes - 1) : share,
    );
  }
  if (liquidity === undefined) return;
  const scaled = (name: string): string => `${(BigInt(shown(params[name])) * liquidity) / before}`;
  const before = BigInt(shown(params["liquidity"]));
  const [least, most] = [scaled("depositMin"), scaled("depositMax")];
  const floor = `${(BigInt(shown(rule["liquidityMin"])) * liquidity) / before}`;
  edits.set(params, "liquidity", "liquidity", liquidity.toString());
  edits.set(params, "least deposit", "depositMin", least);
  edits.set(params, "greatest deposit", "depositMax", most);
  edits.set(rule, "least liquidity", "liquidityMin", floor);
}
