import { moduleQueries } from "#client/modules.ts";
import { Phase, type Round } from "#proto/gen/iterum/rounds.ts";
import { followRounds, type Step } from "../steps.ts";
import { labelForOthers } from "./panel.ts";
import { commitData, revealInputs, revealLabels } from "./steps.ts";
import type { MemberOptions, World } from "./types.ts";

function stepOf(world: World, round: Round): Step | undefined {
  switch (round.phase) {
    case Phase.PHASE_OPEN:
      return commitData(world, round);
    case Phase.PHASE_REVEAL_INPUTS:
    case Phase.PHASE_REVEAL_INPUTS_2:
      return revealInputs(world, round);
    case Phase.PHASE_LABEL:
      return labelForOthers(world, round);
    case Phase.PHASE_REVEAL_LABELS:
      return revealLabels(world, round);
    default:
      return undefined;
  }
}

/**
 * Takes part in every round of a game until the signal fires: publishes a sealed set, commits to it, and
 * opens what an election asks for. May be started again at any point. Resolves once all is at rest.
 */
export async function runMember(options: MemberOptions): Promise<void> {
  const { chain, gameId, signal, onEvent = () => undefined } = options;
  const world: World = { ...options, queries: moduleQueries(chain.ask), emit: onEvent };
  await followRounds({
    chain,
    gameId,
    queries: world.queries,
    signal,
    stepOf: (round) => stepOf(world, round),
    onFailed: onEvent,
  });
}
