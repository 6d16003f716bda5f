import { toHex } from "#chain/bytes/hex.ts";
import { decodePredictions } from "#chain/protocol/predictions.ts";
import { ensureCli } from "#cli/errors.ts";
import type { IterumClient } from "#client/connect.ts";
import type { ItemList } from "#proto/gen/iterum/commitments.ts";
import type { RewardRule } from "#proto/gen/iterum/rewards.ts";
import type { RoundItem, RoundRecords } from "./round-file.ts";

type RecordsClient = Pick<IterumClient, "rounds" | "rewards" | "commitments">;

/** The places of items whose content has copies with other labels: none of them counts. */
function disputedPlaces({ items }: ItemList, labels: readonly (number | undefined)[]): ReadonlySet<number> {
  const seen = new Map<string, Set<number>>();
  const nameOf = (place: number): string => toHex(items[place]?.contentHash ?? new Uint8Array(0));
  for (const [place, label] of labels.entries()) {
    const known = seen.get(nameOf(place)) ?? new Set();
    if (label !== undefined) seen.set(nameOf(place), known.add(label));
  }
  return new Set(labels.keys().filter((place) => (seen.get(nameOf(place))?.size ?? 0) > 1));
}

/** A round's items as a reward function sees them. */
export type RoundItems = Omit<RoundRecords, "models"> & {
  /** The rule by which the round plays. */
  readonly rule: RewardRule;
  /** Whether a member has opened its labels. */
  readonly isOpen: boolean;
};

/** The items of a round whose list is final, with the labels that are open. Throws a CliError before. */
export async function roundItems(
  client: RecordsClient,
  gameId: string,
  roundId: bigint,
): Promise<RoundItems> {
  const [games, rule, list, sets, sheets] = await Promise.all([
    client.rounds.games(),
    client.rewards.rule(gameId, roundId),
    client.commitments.items(gameId, roundId),
    client.commitments.sets(gameId, roundId),
    client.commitments.panel(gameId, roundId),
  ]);
  const game = games.find((each) => each.gameId === gameId);
  ensureCli(game && rule && list, `round ${roundId} of ${gameId} has no items`);
  const opened = new Map<string, number>();
  for (const { member, items, labels } of sets)
    for (const [place, { index }] of items.entries())
      if ((labels[place] ?? 0) > 0) opened.set(`${member}/${index}`, (labels[place] as number) - 1);
  const authors = list.items.map(({ member, index }) => opened.get(`${member}/${index}`));
  const panels = list.items.map((): (number | undefined)[] => []);
  for (const { places, labels } of sheets)
    for (const [i, place] of places.entries())
      panels[place]?.push((labels[i] ?? 0) > 0 ? (labels[i] as number) - 1 : undefined);
  const disputed = disputedPlaces(list, authors);
  const items = list.items.map(
    ({ weight }, place): RoundItem => ({
      author: authors[place],
      panel: panels[place] ?? [],
      share: weight,
      disputed: disputed.has(place),
    }),
  );
  const { classes, labelValues } = game;
  const isOpen = sets.some(({ labels }) => labels.length > 0);
  const { scalar } = rule;
  return { classes, scalar, labelValues: labelValues > 0 ? labelValues : classes, items, rule, isOpen };
}

/**
 * The records of a round whose labels and predictions are open, as `iterum reward test` reads them; models
 * are named by their operators. Throws a CliError before the labels are open.
 */
export async function recordsOf(
  client: RecordsClient & Pick<IterumClient, "markets">,
  gameId: string,
  roundId: bigint,
): Promise<RoundRecords> {
  const [{ rule: _, isOpen, ...found }, orders] = await Promise.all([
    roundItems(client, gameId, roundId),
    client.markets.orders(gameId, roundId),
  ]);
  ensureCli(isOpen, `no label of round ${roundId} is open yet`);
  const models = orders
    .filter(({ predictions }) => predictions.length > 0)
    .map(({ operator, predictions }) => ({
      name: operator,
      predictions: [...decodePredictions(predictions)],
    }));
  return { ...found, models };
}
