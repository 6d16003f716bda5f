import assert from "node:assert/strict";
import { test } from "node:test";
import { chainRegistry, nestedAny } from "#chain/app/modules.ts";
import { equalBytes } from "#chain/bytes/compare.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { AUTHORITY } from "#chain/protocol/authority.ts";
import { templateId } from "#chain/protocol/template.ts";
import * as auth from "#modules/auth/api.ts";
import { TxRaw } from "#proto/gen/cosmos/tx.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import type { Person } from "#test/kit/accounts.ts";
import { signTx } from "#test/kit/chain.ts";
import { modelOf } from "#test/kit/game/operator.ts";
import { playUntil, roundOf, turnsOf, type World } from "#test/kit/game/play.ts";
import { type Random, seeded } from "#test/kit/game/random.ts";
import { stage } from "#test/kit/game/stage.ts";
import { DENOM, GAME_ID, TOKEN } from "#test/kit/genesis.ts";
import { type Dictionary, hostile, spoiled } from "./hostile.ts";
import { nextBlock } from "./kit.ts";

const messages = [...chainRegistry().messages.values()];
const seed = process.env["FUZZ_SEED"] ?? "1";

function dictionary(world: World): Dictionary {
  const people = [...world.members, ...world.operators].map(({ who }) => who);
  const [olga] = world.operators;
  const [ann] = world.members;
  assert.ok(olga && ann);
  const items = ann.sets.get(1n)?.items ?? [];
  const parts = items.flatMap((item) => [
    item.packed,
    item.contentHash,
    item.labelHash,
    item.leaf,
    item.salt,
  ]);
  const [template, model] = [templateId(olga.template), modelOf(olga)];
  return {
    texts: [GAME_ID, GAME_ID, GAME_ID, DENOM, ...people.map(({ address }) => address)],
    bytes: [template, model, olga.paramsHash, ann.who.ethereumAddress, ...parts],
    numbers: [0n, 1n, 1n, 1n, 2n, 3n, 5n, 400n * TOKEN, 50n * TOKEN],
    packed: [...nestedAny.values()],
    named: { authority: AUTHORITY, gameId: GAME_ID, roundId: 1n, templateId: template, modelId: model },
  };
}

interface Spoken {
  readonly who: Person;
  readonly request: Codec<unknown>;
  readonly value: Record<string, unknown>;
}

/** Something that is due in the round and that somebody gets a little wrong. */
async function spoiltTurn(world: World, random: Random, known: Dictionary): Promise<Spoken | undefined> {
  const round = roundOf(world, 1n);
  const turns = round ? world.chain.read((ctx) => turnsOf(ctx, world, round)) : [];
  if (turns.length === 0) return undefined;
  const [who, turn] = random.pick(turns);
  const said = await turn.right();
  const request = messages.find(({ typeUrl }) => typeUrl === said.typeUrl)?.request;
  assert.ok(request);
  const value = spoiled(request, request.decode(said.value), random, known);
  return { who, request, value: value as Record<string, unknown> };
}

/** Something hostile of any kind. */
function anything(who: Person, random: Random, known: Dictionary): Spoken {
  const { request } = random.pick(messages);
  return { who, request, value: hostile(request, random, known) as Record<string, unknown> };
}

const signerFields = [
  ...["fromAddress", "granter", "member", "operator", "owner", "sender"],
  ...["depositor", "informer", "proposer", "voter"],
];

/** What is said, properly signed by who says it. */
function signedBy(world: World, { who, request, value }: Spoken, sequence: bigint): Uint8Array {
  // The signer's field, by any of its names; of a payment to many, the first of its inputs.
  for (const name of signerFields) if (name in value) value[name] = who.address;
  const { inputs } = value;
  if (Array.isArray(inputs) && inputs.length > 0) inputs[0].address = who.address;
  const number = world.chain.read((ctx) => auth.account(ctx, who.address)?.number) ?? 0n;
  const said = { typeUrl: request.typeUrl, value: request.encode(value) };
  return signTx(who, { number, sequence }, said);
}

/** Twenty transactions, most of them almost right, each at its sender's turn. */
async function hostileBlock(world: World, random: Random, known: Dictionary): Promise<Uint8Array[]> {
  const people = [...world.members, ...world.operators].map(({ who }) => who);
  const sequences = new Map<string, bigint>();
  const txs: Uint8Array[] = [];
  while (txs.length < 20) {
    const almost = random.chance(0.6) ? await spoiltTurn(world, random, known) : undefined;
    const spoken = almost ?? anything(random.pick(people), random, known);
    const { address } = spoken.who;
    const account = world.chain.read((ctx) => auth.account(ctx, address));
    const sequence = sequences.get(address) ?? account?.sequence ?? 0n;
    const tx = signedBy(world, spoken, sequence);
    const entered = world.chain.app.checkTx(tx).gasWanted > 0n;
    sequences.set(address, entered ? sequence + 1n : sequence);
    txs.push(tx);
  }
  return txs;
}

test("hostile messages of every kind, in every phase, stop no node and break no invariant", async (t) => {
  const random = seeded(`hostile messages ${seed}`);
  const world = stage({ seed });
  const codes = new Map<string, number>();
  for (let phase: Phase = Phase.PHASE_OPEN; phase <= Phase.PHASE_SETTLE; phase++) {
    await playUntil(world, 1n, phase);
    const known = dictionary(world);
    for (let i = 0; i < 10; i++) {
      const txs = await hostileBlock(world, random, known);
      const { txResults } = await world.chain.app.finalizeBlock(nextBlock(world.chain.app, txs));
      for (const { codespace, code } of txResults) {
        const name = `${codespace}/${code}`;
        codes.set(name, (codes.get(name) ?? 0) + 1);
      }
    }
  }
  const found = [...codes].map(([name, count]) => `${name}×${count}`).sort();
  t.diagnostic(found.join(" "));
  assert.ok(codes.size >= 25);
  assert.equal(codes.get("sdk/111222"), undefined, "a handler met a value that it did not foresee");
});

test("mutated transactions never throw, and what is accepted has one encoding", () => {
  const random = seeded(`mutations ${seed}`);
  const world = stage();
  const [ann] = world.members;
  assert.ok(ann);
  const known = dictionary(world);
  for (let i = 0; i < 20_000; i += 40) {
    const tx = signedBy(world, anything(ann.who, random, known), 0n);
    for (let k = 0; k < 40; k++) {
      const bytes = mutated(tx, random);
      const { code } = world.chain.app.checkTx(bytes);
      if (code !== 0) continue;
      assert.ok(equalBytes(TxRaw.encode(TxRaw.decode(bytes)), bytes));
      assert.ok(equalBytes(bytes, tx), "a mutation was accepted");
    }
  }
});

/** The bytes with a few of them changed, left out or doubled. */
function mutated(bytes: Uint8Array, random: Random): Uint8Array {
  const out = [...bytes];
  for (let count = 1 + random.int(3); count > 0; count--) {
    const at = random.int(out.length);
    const kind = random.int(5);
    if (kind === 0) out[at] = random.int(256);
    else if (kind === 1) out[at] = (out[at] ?? 0) ^ (1 << random.int(8));
    else if (kind === 2) out.splice(at, 1 + random.int(4));
    else if (kind === 3) out.splice(at, 0, ...out.slice(at, at + 1 + random.int(8)));
    else out.length = at;
  }
  return Uint8Array.from(out);
}
