import { judge } from "#chain/app/judge.ts";
import { equalBytes } from "#chain/bytes/compare.ts";
import { labelHash } from "#chain/protocol/item.ts";
import { dataRoot, leafHash } from "#chain/protocol/leaf.ts";
import { orderHash } from "#chain/protocol/order.ts";
import { panelHash } from "#chain/protocol/panel.ts";
import { encodePredictions, predictionsHash } from "#chain/protocol/predictions.ts";
import type { RoundRef } from "#chain/protocol/round-key.ts";
import { countingVerifier, waitingProof } from "#test/kit/proofs.ts";
import { type Adversary, soleOperator } from "./adversary.ts";
import { ownGain, type Round } from "./round.ts";
import { depositMax, depositMin, feeOn } from "./setting.ts";

/** What a transaction of the client costs, tokens. */
const TX_FEE = 0.004;
const RIVALS = 2;
const REF: RoundRef = { chainId: "adversaries", gameId: "spam", roundId: 1n };

/**
 * Holds all slots but the honest ones; each of its accounts sends false proofs in every block, before anybody
 * else, and a true one at the end. Rivals whose proof is never judged forfeit.
 */
const flooding = () => async (round: Round) => {
  const { setting } = round;
  const { proofs } = countingVerifier();
  const accounts = setting.params.ordersMax - 1 - RIVALS;
  const owing = new Set(Array.from({ length: RIVALS }, (_, i) => `rival${i} ${round.random.bits()}`));
  const flood = Array.from({ length: accounts }, (_, i) => `flooder${i} ${round.random.bits()}`);
  for (let height = 1n; height <= BigInt(setting.proveBlocks) && owing.size > 0; height++) {
    const waiting = [
      ...flood.map((name) => waitingProof(name, false, "spam", setting.proofsPerBlock)),
      ...[...owing].map((name) => waitingProof(name, true, "spam", setting.proofsPerBlock)),
    ];
    const judged = await judge(proofs, height, waiting);
    for (const { task, holds } of judged.values()) if (holds) owing.delete(task.place.debtor);
  }
  const bet = { deposit: depositMax(setting), predictions: round.own };
  const gain = owing.size === 0 ? ownGain(round) : (round.alone(bet, RIVALS - owing.size).gains[0] as number);
  return gain - ownGain(round) - accounts * feeOn(setting, depositMin(setting));
};

/** Pairs of what somebody has committed to and of what another opening of it comes to. */
function forgeries(round: Round): (readonly [Uint8Array, Uint8Array])[] {
  const { seed, random, own } = round;
  const [salt, other] = [seed("salt"), seed("other salt")];
  const operator = seed("operator").subarray(0, 20);
  const [label, lie] = [random.below(2), 2 + random.below(1000)];
  const order = { operator, modelId: seed("model"), deposit: BigInt(1 + random.bits()) };
  const said = encodePredictions(own.map((q) => Math.round(q * 65_535)));
  const forged = said.with(random.below(said.length), 1 + random.below(200));
  const leaf = (index: number) => {
    const hashes = { inputHash: salt, contentHash: other, labelHash: labelHash(REF, salt, label) };
    return leafHash(REF, { index, eventCid: salt, ...hashes });
  };
  const leaves = Array.from({ length: 8 }, (_, i) => leaf(i));
  const place = random.below(8);
  const next = { ...REF, roundId: 2n };
  return [
    [labelHash(REF, salt, label), labelHash(REF, salt, lie)],
    [labelHash(REF, salt, label), labelHash(REF, other, label)],
    [labelHash(REF, salt, label), labelHash(next, salt, label)],
    [orderHash(REF, order, salt), orderHash(REF, { ...order, deposit: order.deposit - 1n }, salt)],
    [orderHash(REF, order, salt), orderHash(REF, { ...order, operator: other.subarray(0, 20) }, salt)],
    [predictionsHash(REF, operator, said, salt), predictionsHash(REF, operator, forged, other)],
    [panelHash(REF, operator, [label, 1], salt), panelHash(REF, operator, [1, label, 0], salt)],
    [dataRoot(leaves), dataRoot(leaves.with(place, leaf(place + 8)))],
    [dataRoot(leaves), dataRoot(leaves.toSpliced(place, 1))],
  ];
}

/** Opens what it has committed to as something else, which would be worth knowing the labels. */
const forging = () => (round: Round) => {
  const attempts = forgeries(round);
  const accepted = attempts.filter(([committed, opened]) => equalBytes(committed, opened)).length;
  const prize = (round.told.gains[0] as number) - ownGain(round);
  return (accepted > 0 ? prize : 0) - attempts.length * TX_FEE;
};

export const attackers: readonly Adversary[] = [
  {
    name: "proof flooder",
    what:
      "Holds the other slots with the smallest bounds and sends false proofs in every block, so that no " +
      "place is left for its rivals' and they forfeit. A place that a false proof took goes to another " +
      "debtor.",
    expected: "less than 0",
    accounts: ({ params }) => ({ operators: params.ordersMax - RIVALS, seats: 0 }),
    start: flooding,
  },
  {
    name: "forger",
    what:
      "Opens labels, orders, predictions, panels' sheets and sets other than those that it committed " +
      "to, in nine ways a round. No hash opens two ways, and each attempt costs a transaction.",
    expected: "less than 0",
    accounts: soleOperator,
    start: forging,
  },
];
