import { toHex } from "#chain/bytes/hex.ts";
import { roundItems } from "#cli/reward/chain-records.ts";
import { countRecords } from "#cli/reward/tables.ts";
import type { IterumClient } from "#client/connect.ts";
import { addRound, emptyBoard, type Standings, standingsOf } from "#client/standings/board.ts";
import { entryOf, type StandingsItem, type StandingsRound } from "#client/standings/round.ts";
import { Phase, type Round } from "#proto/gen/iterum/rounds.ts";

/** The chain's questions from whose answers standings follow. */
export type StandingsClient = Pick<IterumClient, "rounds" | "rewards" | "commitments" | "markets">;

/** All rounds of a game that were settled or void, in order. */
async function endedRounds(client: StandingsClient, gameId: string): Promise<Round[]> {
  const found: Round[] = [];
  for (let from = 1n; ; ) {
    const page = await client.rounds.rounds(gameId, from);
    found.push(...page.filter(({ phase }) => phase === Phase.PHASE_DONE || phase === Phase.PHASE_VOID));
    const last = page.at(-1);
    if (!last) return found;
    from = last.roundId + 1n;
  }
}

/** The items of a settled round with what counts by the game's reward function. */
async function itemsOf(client: StandingsClient, gameId: string, roundId: bigint) {
  const { rule, ...round } = await roundItems(client, gameId, roundId);
  const counted = countRecords(rule, round);
  const items = round.items.map(
    ({ share }, i): StandingsItem => ({ label: counted[i]?.label, weight: share }),
  );
  return { items, scalar: rule.scalar };
}

/** Reads rounds of one game; each model is asked for once. */
async function roundReader(client: StandingsClient, gameId: string) {
  const [{ classes }, { operatorBond }] = await Promise.all([
    client.rounds.game(gameId),
    client.markets.rule(gameId),
  ]);
  const heights = new Map<string, bigint>();
  const heightOf = async (modelId: Uint8Array): Promise<bigint> => {
    const name = toHex(modelId);
    const height =
      modelId.length === 0
        ? 0n
        : (heights.get(name) ?? (await client.commitments.model(modelId))?.registeredHeight ?? 0n);
    heights.set(name, height);
    return height;
  };
  const read = async ({ roundId, phase }: Round): Promise<StandingsRound> => {
    const isSettled = phase === Phase.PHASE_DONE;
    const [orders, outcome, labelled] = await Promise.all([
      client.markets.orders(gameId, roundId),
      isSettled ? client.markets.outcome(gameId, roundId) : undefined,
      isSettled ? itemsOf(client, gameId, roundId) : { items: [], scalar: false },
    ]);
    const entries = [];
    for (const order of orders) {
      const registeredHeight = await heightOf(order.modelId);
      const entry = entryOf(order, { modelId: toHex(order.modelId), registeredHeight, operatorBond });
      if (entry) entries.push(entry);
    }
    return { roundId, classes, ...labelled, priorPpm: outcome?.priorPpm ?? [], entries };
  };
  return { classes, read };
}

/** Where everybody stands after these rounds. */
export interface LoadedStandings extends Standings {
  readonly gameId: string;
  /** The rounds that ended settled or void, of those that were looked at; 0 for none. */
  readonly rounds: number;
  readonly fromRound: bigint;
  readonly toRound: bigint;
}

/**
 * The standings of a game over its last rounds that ended, or over all of them, computed from what anybody
 * can ask the chain. A round that has ended does not change, so a moving chain does no harm.
 */
export async function loadStandings(
  client: StandingsClient,
  gameId: string,
  { last, onRound }: { readonly last?: number; readonly onRound?: (roundId: bigint) => void } = {},
): Promise<LoadedStandings> {
  const { classes, read } = await roundReader(client, gameId);
  const ended = await endedRounds(client, gameId);
  const rounds = last === undefined ? ended : ended.slice(-last);
  const board = emptyBoard(classes);
  for (const round of rounds) {
    onRound?.(round.roundId);
    addRound(board, await read(round));
  }
  const [fromRound, toRound] = [rounds.at(0)?.roundId ?? 0n, rounds.at(-1)?.roundId ?? 0n];
  return { gameId, rounds: rounds.length, fromRound, toRound, ...standingsOf(board) };
}
