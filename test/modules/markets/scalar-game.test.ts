import assert from "node:assert/strict";
import { test } from "node:test";
import { errors as commitmentsErrors } from "#modules/commitments/errors.ts";
import * as markets from "#modules/markets/api.ts";
import { builtinProgram } from "#modules/rewards/builtin-programs.ts";
import { call, constant, field } from "#modules/rewards/ir/build.ts";
import type { Program } from "#proto/gen/iterum/rewards.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { examples } from "#test/kit/game/items.ts";
import { type Member, member } from "#test/kit/game/member.ts";
import { operator } from "#test/kit/game/operator.ts";
import { noQuirks, playRound, playUntil, roundOf, type World } from "#test/kit/game/play.ts";
import { seeded } from "#test/kit/game/random.ts";
import { refuses, says } from "#test/kit/game/refuse.ts";
import { revealLabels } from "#test/kit/game/say.ts";
import { stage } from "#test/kit/game/stage.ts";
import { GAME_ID, TOKEN } from "#test/kit/genesis.ts";
import { unprovableTemplate } from "#test/kit/template.ts";
import { bondGame, inTurn, labelGame, lmsrGame, registerAll, rewardGame, trade } from "./kinds-kit.ts";

const key = { gameId: GAME_ID, roundId: 1n };
const template = unprovableTemplate();
/** Retrievals beyond these count no further. */
const COUNT_MAX = 20;

/** How often an item was retrieved, 0…20, as a number in [0, 1]: the game asks which data will be wanted. */
const wanted: Program = {
  ...(builtinProgram("brier/1", "own", true) as Program),
  label: call("mul", constant(50_000n), call("min", field("authorLabel"), constant(BigInt(COUNT_MAX)))),
};

const wantedGame = inTurn(labelGame(101), rewardGame({ builtin: "", program: wanted, scalar: true }));

/** Texts that begin with more of the first words are retrieved more often. */
const counted = (name: string): Member =>
  member(name, (roundId) => {
    const random = seeded(`${name} ${roundId}`);
    return examples(8, random).map(({ content }) => {
      const early = content.split(" ").filter((word) => /^word(1?\d|2[0-3])$/.test(word)).length;
      return { content, label: early * 4 + random.int(3) };
    });
  });
const members = ["ann", "ben", "cat"].map(counted);

/** Predicts y from the number of early words; `scale` over- or understates it. */
const retrievals = (scale: number) => (inputs: readonly Int32Array[]) =>
  inputs.map((values) => {
    const early = values.slice(0, 24).reduce((sum, count) => sum + count, 0);
    const y = Math.min(1, ((early * 4 + 1) / COUNT_MAX) * scale);
    return Math.round(Math.min(0.98, Math.max(0.02, y)) * 65_535);
  });

const outcomeOf = ({ chain }: World) => chain.read((ctx) => markets.outcomeOf(ctx, key));

test("models that predict how often data will be retrieved trade on a number in [0, 1]", async () => {
  const world = stage({
    members,
    itemsMax: 24,
    operators: [operator("olga", template, retrievals(1)), operator("otto", template, retrievals(0.2))],
    alter: wantedGame,
  });
  await playRound(world, 1n);
  assert.equal(roundOf(world, 1n)?.phase, Phase.PHASE_DONE);
  const { results, classPpm, subsidy, payouts, deposits, returned, itemsCounted } = outcomeOf(world);
  const [olga, otto] = world.operators.map(({ who }) =>
    results.find((each) => each.operator === who.address),
  );
  assert.ok(olga && otto);
  assert.ok(olga.payout > olga.deposit && olga.payout > otto.payout);
  assert.ok(olga.scorePpm > otto.scorePpm);
  assert.equal(payouts - deposits, subsidy - returned);
  assert.equal(itemsCounted, 24);
  // The mean retrieval, of which the next prior is made: neither a class's share nor rounded to one.
  const all = members.flatMap(({ sets }) => sets.get(1n)?.items ?? []);
  const mean = all.reduce((sum, { label }) => sum + Math.min(label, COUNT_MAX) / COUNT_MAX, 0) / all.length;
  assert.ok(Math.abs((classPpm[1] as number) / 1e6 - mean) < 1e-5, `${classPpm} for ${mean}`);
});

test("a count beyond the values that labels take cannot be opened", async () => {
  const world = stage({ members, itemsMax: 24, operators: [], alter: wantedGame });
  await playUntil(world, 1n, Phase.PHASE_REVEAL_LABELS, noQuirks);
  const [ann] = members as [Member];
  const set = ann.sets.get(1n);
  assert.ok(set);
  const items = set.items.map((item) => ({ ...item, label: 101 }));
  const selected = items.map(({ index }) => index);
  await refuses(world.chain, [
    ann.who,
    commitmentsErrors.WrongLabel,
    revealLabels(ann.who, 1n, { ...set, items }, selected),
  ]);
});

test("shares of a scalar outcome come to the weighted mean of the hidden numbers", async () => {
  const [tom] = people("tom") as [Person];
  const world = stage({
    members,
    itemsMax: 24,
    operators: [],
    others: [tom],
    alter: inTurn(lmsrGame(), bondGame(700n * TOKEN), wantedGame),
  });
  await registerAll(world, [tom]);
  await says(world.chain, tom, trade(tom, { shares: 100n * TOKEN }));
  await playRound(world, 1n);
  const { outcomesPpm, classPpm, payouts } = outcomeOf(world);
  assert.ok(Math.abs((outcomesPpm[1] as number) - (classPpm[1] as number)) <= 1);
  assert.equal(payouts, BigInt(outcomesPpm[1] as number) * 100n);
});
