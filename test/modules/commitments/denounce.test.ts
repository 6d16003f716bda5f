import assert from "node:assert/strict";
import { test } from "node:test";
import { addressBytes } from "#chain/protocol/address.ts";
import { denouncementHash } from "#chain/protocol/panel.ts";
import { errors as commitmentsErrors } from "#modules/commitments/errors.ts";
import * as elections from "#modules/elections/api.ts";
import { errors as electionsErrors } from "#modules/elections/errors.ts";
import { outcomeOf } from "#modules/markets/api.ts";
import { errors as roundsErrors } from "#modules/rounds/errors.ts";
import { SeatStatus } from "#proto/gen/iterum/elections.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { type Person, person } from "#test/kit/accounts.ts";
import type { DataSet } from "#test/kit/game/items.ts";
import { budget, purse } from "#test/kit/game/money.ts";
import { playRound, playUntil } from "#test/kit/game/play.ts";
import { FEE, refuses, says } from "#test/kit/game/refuse.ts";
import { denounce, sealDenouncement } from "#test/kit/game/say.ts";
import { roomy, stage } from "#test/kit/game/stage.ts";
import { CHAIN_ID, GAME_ID, TOKEN } from "#test/kit/genesis.ts";

const key = { gameId: GAME_ID, roundId: 1n };
const ref = { chainId: CHAIN_ID, ...key };
const [spy, thief] = [person("spy"), person("thief")];

/** A round in a phase, and the first label of one of its members, which the spy has learned. */
async function leakAt(phase: Phase) {
  const world = stage({ others: [spy, thief], schedule: { ...roomy, open: 70, predict: 16 } });
  await playUntil(world, 1n, phase);
  const [seat] = world.chain.read((ctx) => elections.seatsOf(ctx, key));
  const member = world.members.find(({ who }) => who.address === seat?.member);
  assert.ok(seat && member);
  const set = member.sets.get(1n) as DataSet;
  const { index, label, salt } = set.items[seat.selected[0] ?? 0] as DataSet["items"][number];
  return { world, member, leaked: { member: member.who.address, index, label, salt } };
}

type Leaked = Awaited<ReturnType<typeof leakAt>>["leaked"];

const sealedBy = (informer: Person, leaked: Leaked): Uint8Array =>
  denouncementHash(ref, addressBytes(informer.address), { ...leaked, member: addressBytes(leaked.member) });

test("who shows a label before labels open gets half the bond, and the member's items are void", async () => {
  const { world, member, leaked } = await leakAt(Phase.PHASE_PREDICT);
  const { chain } = world;
  await says(chain, spy, sealDenouncement(spy, sealedBy(spy, leaked)));
  const before = { treasury: budget(chain), spy: purse(chain, spy) };
  await says(chain, spy, denounce(spy, 1n, leaked));
  assert.equal(purse(chain, spy), before.spy + 250n * TOKEN - FEE);
  assert.equal(budget(chain), before.treasury + 250n * TOKEN);
  const seat = chain.read((ctx) => elections.seatsOf(ctx, key)).find((each) => each.member === leaked.member);
  assert.deepEqual([seat?.status, seat?.bond], [SeatStatus.SEAT_STATUS_SLASHED, 0n]);
  await refuses(chain, [spy, commitmentsErrors.NotSealed, denounce(spy, 1n, leaked)]);
  await playRound(world, 1n);
  const outcome = chain.read((ctx) => outcomeOf(ctx, key));
  assert.deepEqual([outcome.items, outcome.itemsCounted, outcome.committeePaid], [12, 8, 8n * TOKEN]);
  assert.equal(purse(chain, member.who), 9_500n * TOKEN - 2n * FEE);
});

test("a claim is worth nothing to who has read it, and nothing in the block that seals it", async () => {
  const { world, leaked } = await leakAt(Phase.PHASE_PREDICT);
  const { chain } = world;
  const { NotSealed } = commitmentsErrors;
  await says(chain, spy, sealDenouncement(spy, sealedBy(spy, leaked)));
  // The thief copies the claim, or makes its own once it has seen what is shown.
  await says(chain, thief, sealDenouncement(thief, sealedBy(spy, leaked)));
  await refuses(chain, [thief, NotSealed, denounce(thief, 1n, leaked)]);
  const [, shown] = await chain.block(
    [thief, sealDenouncement(thief, sealedBy(thief, leaked)), denounce(thief, 1n, leaked)],
    [spy, denounce(spy, 1n, leaked)],
  );
  assert.equal(shown?.code, 0);
});

test("another label, item, salt or member convicts nobody", async () => {
  const { world, leaked } = await leakAt(Phase.PHASE_PREDICT);
  const { chain } = world;
  const { NotSealed, WrongLabel, BadHash } = commitmentsErrors;
  await refuses(
    chain,
    [spy, NotSealed, denounce(spy, 1n, leaked)],
    [spy, NotSealed, denounce(spy, 1n, { ...leaked, member: "nobody" })],
    [spy, WrongLabel, denounce(spy, 1n, { ...leaked, salt: new Uint8Array(31) })],
    [spy, BadHash, sealDenouncement(spy, new Uint8Array(31))],
    [spy, roundsErrors.NoGame, sealDenouncement(spy, new Uint8Array(32), "chess")],
  );
  for (const [error, change] of [
    [WrongLabel, { label: 1 - leaked.label }],
    [WrongLabel, { salt: new Uint8Array(32) }],
    [WrongLabel, { index: 63 }],
    [electionsErrors.NotElected, { member: thief.address }],
    [NotSealed, { label: 70_000 }],
  ] as const) {
    const claim = { ...leaked, ...change };
    const hash = claim.label > 65_535 ? new Uint8Array(32) : sealedBy(spy, claim);
    await says(chain, spy, sealDenouncement(spy, hash));
    await refuses(chain, [spy, error, denounce(spy, 1n, claim)]);
  }
});

test("labels are denounced from LABEL to the end of OPEN_PREDICTIONS", async () => {
  const { world, leaked } = await leakAt(Phase.PHASE_REVEAL_INPUTS_2);
  const { chain } = world;
  await says(chain, spy, sealDenouncement(spy, sealedBy(spy, leaked)));
  await refuses(chain, [spy, roundsErrors.WrongPhase, denounce(spy, 1n, leaked)]);
  await playUntil(world, 1n, Phase.PHASE_REVEAL_LABELS);
  await refuses(chain, [spy, roundsErrors.WrongPhase, denounce(spy, 1n, leaked)]);
});
