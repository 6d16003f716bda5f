import assert from "node:assert/strict";
import { toHex } from "#chain/bytes/hex.ts";
import { predictionsFromLogits } from "#chain/math/transform.ts";
import { unpackInput } from "#chain/protocol/featurizers/pack.ts";
import { statementHash } from "#chain/protocol/statement.ts";
import type { ProofVerifier } from "#chain/verify/types.ts";
import * as commitments from "#modules/commitments/api.ts";
import { type Batch, Query } from "#proto/gen/iterum/proofs.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import type { Said } from "#test/kit/chain.ts";
import { featurizer } from "#test/kit/game/items.ts";
import { operator } from "#test/kit/game/operator.ts";
import { playRound, playUntil, sayAll, type World } from "#test/kit/game/play.ts";
import { ask } from "#test/kit/game/refuse.ts";
import { submitProof } from "#test/kit/game/say.ts";
import { roomy, stage } from "#test/kit/game/stage.ts";
import { GAME_ID } from "#test/kit/genesis.ts";
import { unprovableTemplate } from "#test/kit/template.ts";
import type { Chapter } from "./chapter.ts";

// Proofs of EZKL are others each time they are made: a chain with real ones could not be recorded twice
// alike. What the state machine takes is verdicts: here of a system whose proofs say whether they hold.

const template = unprovableTemplate();
const CLIP_PPM = 10_000;
const ROUNDS = 2n;

const isTrue = (proof: Uint8Array): boolean => proof[0] === 1;
const proofThatIs = (truth: boolean): Uint8Array => new Uint8Array(template.proofLength).fill(truth ? 1 : 0);

const judge: ProofVerifier = {
  verifyAll: async (tasks) =>
    new Map(tasks.map(({ statement }) => [toHex(statementHash(statement)), isTrue(statement.proof)])),
  close: async () => undefined,
};

/** The output of the model that everybody has: more for more different words. */
const logitOf = (input: Int32Array): bigint =>
  BigInt(1_000 * input.reduce((sum, count) => sum + count, 0) - 9_000);
const predict = (inputs: readonly Int32Array[]): readonly number[] => [
  ...predictionsFromLogits(template.transform, inputs.map(logitOf), template.outputScale, 2, CLIP_PPM),
];

const bytesOf = (values: readonly bigint[], width: 4 | 8): Uint8Array => {
  const view = new DataView(new ArrayBuffer(width * values.length));
  for (const [i, value] of values.entries())
    if (width === 4) view.setInt32(4 * i, Number(value));
    else view.setBigInt64(8 * i, value);
  return new Uint8Array(view.buffer);
};

/** Inputs of a round's items, in the list's order. */
const inputsOf = ({ chain }: World, roundId: bigint): Int32Array[] =>
  chain.read((ctx) => {
    const key = { gameId: GAME_ID, roundId };
    const found = new Map<string, Uint8Array>();
    for (const { member, items } of commitments.setsOf(ctx, key))
      for (const { index, input } of items) found.set(`${member}/${index}`, input);
    return commitments.itemList(ctx, key).items.map(({ member, index }) => {
      const input = found.get(`${member}/${index}`);
      assert.ok(input);
      return unpackInput(featurizer, input);
    });
  });

/** What an operator sends for one batch that it owes. */
function proofOf(world: World, roundId: bigint, who: number, batchIndex: number, truth: boolean): Said[] {
  const prover = world.operators[who];
  assert.ok(prover);
  const asked = { gameId: GAME_ID, roundId, operator: prover.who.address };
  const batch: Batch | undefined = ask(world.chain, Query.due, asked).due?.batches[batchIndex];
  if (!batch) return [];
  const all = inputsOf(world, roundId);
  // A circuit takes whole batches: the last item is said again.
  const places = Array.from(
    { length: template.batch },
    (_, i) => batch.places[i] ?? (batch.places.at(-1) as number),
  );
  const inputs = places.map((place) => all[place] as Int32Array);
  return [
    submitProof(prover.who, roundId, {
      batchIndex,
      paramsHash: prover.paramsHash,
      inputs: bytesOf(
        inputs.flatMap((values) => [...values].map(BigInt)),
        4,
      ),
      outputs: bytesOf(inputs.map(logitOf), 8),
      proof: proofThatIs(truth),
    }),
  ];
}

/** Two rounds with audits: one operator proves, one brings false proofs, one brings none. */
async function work(): Promise<void> {
  const world = stage({
    ...{ templates: [template], policy: "sampled", proofs: judge, itemsMax: 18 },
    schedule: { ...roomy, open: 48 },
    operators: ["olga", "otto", "ora"].map((name) => operator(name, template, predict)),
  });
  const [olga, otto] = world.operators.map(({ who }) => who);
  assert.ok(olga && otto);
  for (let roundId = 1n; roundId <= ROUNDS; roundId++) {
    await playUntil(world, roundId, Phase.PHASE_PROVE);
    for (const batchIndex of [0, 1])
      for (const said of proofOf(world, roundId, 0, batchIndex, true)) {
        const false_ = proofOf(world, roundId, 1, batchIndex, false);
        const { results } = await sayAll(world.chain, [
          [olga, said],
          [otto, ...false_],
        ]);
        assert.deepEqual([results[0]?.code, results[1]?.codespace], [0, "proofs"], results[0]?.log);
        await world.chain.block([olga, said]);
      }
    await playRound(world, roundId);
  }
}

/** Audits with proofs that hold, that do not, and that do not come. */
export const proofChapters: readonly Chapter[] = [{ name: "proofs", work, isTrue }];
