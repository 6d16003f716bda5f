import { toHex } from "#chain/bytes/hex.ts";
import { seconds } from "#cli/output.ts";
import type { MemberEvent } from "#client/agents/member/types.ts";
import type { OperatorEvent } from "#client/agents/operator/types.ts";
import type { StepFailed } from "#client/agents/steps.ts";
import { formatAmount, type Unit } from "#client/units.ts";

const failure = ({ step, error, final }: StepFailed): string =>
  `${step} failed: ${error.message}${final ? " (given up)" : ""}`;

function memberText(event: MemberEvent): string {
  switch (event.kind) {
    case "committed":
      return `committed to ${event.items} items, stream ${event.streamId}`;
    case "satOut":
      return `sits out: ${event.why}`;
    case "revealed":
      return `opened the inputs of ${event.items} items${event.asAlternate ? " as alternate" : ""}`;
    case "labelled":
      return `opened the labels of ${event.items} items`;
    case "labelledOthers":
      return `opened the labels it gave ${event.items} items of others`;
    case "failed":
      return failure(event);
  }
}

function operatorText(event: OperatorEvent, unit: Unit): string {
  switch (event.kind) {
    case "trained":
      return `made a model from ${event.rows} rows in ${seconds(event.ms)}`;
    case "ordered":
      return `placed an order of ${formatAmount(event.deposit, unit)}, sealed`;
    case "satOut":
      return `sits out: ${event.why}`;
    case "opened":
      return `opened its order: model ${toHex(event.modelId).slice(0, 12)}…`;
    case "predicted":
      return `predicted ${event.items} items`;
    case "revealed":
      return "opened its predictions";
    case "proven":
      return `proved batch ${event.batch} in ${seconds(event.ms)}`;
    case "settled": {
      const { result } = event;
      if (!result) return "was not in this round";
      const profit = formatAmount(result.payout - result.deposit, unit);
      return `settled: profit ${profit}, log loss ${(Number(result.logLossMicronats) / 1e6).toFixed(3)}`;
    }
    case "failed":
      return failure(event);
  }
}

/** What a member did, in one line. */
export const memberLine = (event: MemberEvent): string => `round ${event.roundId}: ${memberText(event)}`;

/** What an operator did, in one line. */
export const operatorLine = (event: OperatorEvent, unit: Unit): string =>
  `round ${event.roundId}: ${operatorText(event, unit)}`;
