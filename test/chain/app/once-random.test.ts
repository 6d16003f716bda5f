import assert from "node:assert/strict";
import { test } from "node:test";
import { storeSpaces } from "#chain/app/modules.ts";
import type { Block, BlockResult } from "#chain/app/types.ts";
import type { App } from "#chain/app.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { signBeacon } from "#chain/protocol/beacon.ts";
import { memoryStore } from "#chain/store/memory.ts";
import { SimulateRequest } from "#proto/gen/cosmos/tx.ts";
import { ExecTxResult } from "#proto/gen/tendermint/abci.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { type Random, seeded } from "#test/kit/game/random.ts";
import { genesis, TOKEN } from "#test/kit/genesis.ts";
import { type ValidatorSets, validatorSets } from "#test/kit/sets.ts";
import { consensusAddressOf, staked } from "#test/kit/staked.ts";
import { validator } from "#test/kit/validator.ts";
import { bls } from "#test/kit/verifier.ts";
import { bareApp, START_MS } from "./kit.ts";
import { randomTxs } from "./random-txs.ts";

const SEED = process.env["ITERUM_TEST_SEED"] ?? "once 1";
const BLOCKS = Number(process.env["ITERUM_TEST_COUNT"] ?? 30);
const validators = people("ann", "ben", "cat") as [Person, Person, Person];
const crowd = [...validators, ...people("dan", "eve", "fay")];
const bytesMax = 1 << 20;
const choice = {
  members: [],
  others: crowd,
  beaconKeys: validators.map((who) => ({ ...validator(who.name).key, validator: consensusAddressOf(who) })),
  alter: staked(validators.map((who) => ({ who, stakes: [[who, 100n * TOKEN]] }))),
};

/** An app that can be started anew over its state. */
interface Node {
  readonly app: App;
  readonly store: ReturnType<typeof memoryStore>;
}

interface Net {
  readonly random: Random;
  readonly sets: ValidatorSets;
  readonly nodes: Node[];
  /** Whose secret signs the beacon of who proposes. */
  proposer: Person;
  readonly counts: Record<"blocks" | "txs" | "failed" | "left" | "updates" | "rounds" | "restarts", number>;
}

const optionsOf = (net: () => Net, store: Node["store"]) => ({
  ...{ store, bls, invariants: "cheap" as const },
  beacon: (message: Uint8Array) => signBeacon(message, validator(net().proposer.name).secret, bls),
});

function newNet(seed: string): Net {
  const nodes = Array.from({ length: 4 }, () => {
    const store = memoryStore({ spaces: storeSpaces });
    return { app: bareApp(optionsOf(() => net, store)), store };
  });
  const founded = nodes.map(({ app }) =>
    app.initChain({ chainId: "iterum-test", timeMs: START_MS, initialHeight: 1n, appState: genesis(choice) }),
  );
  const counts = { blocks: 0, txs: 0, failed: 0, left: 0, updates: 0, rounds: 0, restarts: 0 };
  const sets = validatorSets(founded[0]?.validators ?? []);
  const net: Net = { random: seeded(seed), sets, nodes, proposer: validators[0], counts };
  return net;
}

/** All that consensus hears of a block. */
const heard = ({ appHash, txResults, events, validatorUpdates }: BlockResult) => ({
  appHash: toHex(appHash),
  results: txResults.map((result) => toHex(ExecTxResult.encode(result))),
  events,
  updates: validatorUpdates.map(({ publicKey, power }) => `${toHex(publicKey)} ${power}`),
});

/** The next block without its transactions: who of the set proposes it, who was absent, who cheated. */
function frame(net: Net): Omit<Block, "txs"> {
  const { random, sets, nodes } = net;
  const height = (nodes[0] as Node).app.info().height + 1n;
  const seats = sets.votes(height + 1n).map(({ address }) => toHex(address));
  net.proposer = random.pick(validators.filter((who) => seats.includes(toHex(consensusAddressOf(who)))));
  const [, ben, cat] = validators;
  const absent = random.chance(0.5) ? [toHex(consensusAddressOf(random.pick([ben, cat])))] : [];
  const timeMs = START_MS + height * 1_000n + BigInt(random.int(900));
  const deed = { kind: "duplicateVote" as const, address: consensusAddressOf(ben), power: 100n };
  const evidence = random.chance(0.02)
    ? [{ ...deed, totalPower: 300n, height: height - 1n, timeMs: timeMs - 1_000n }]
    : [];
  const votes = sets.votes(height, new Set(absent));
  return { height, timeMs, proposer: consensusAddressOf(net.proposer), votes, evidence };
}

/** Lets a node propose: from its mempool, or from a list that it is given. */
async function propose(net: Net, { app }: Node, at: Omit<Block, "txs">): Promise<Block> {
  const { random, counts } = net;
  const offered = randomTxs({ app, people: crowd, validators, random }, 4 + random.int(20));
  const isList = random.chance(0.3);
  if (!isList) for (const tx of offered) app.checkTx(tx);
  const most = random.chance(0.1) ? 2_000 : bytesMax;
  const txs = await app.prepareProposal({ ...at, txs: isList ? offered : [], bytesMax: most });
  counts.left += Math.max(0, offered.length + 1 - txs.length);
  return { ...at, txs };
}

/** What else a node may be asked while a block is on its way. */
async function disturb({ random }: Net, { app }: Node, block: Block): Promise<void> {
  const tx = random.pick(block.txs);
  app.checkTx(tx);
  const data = SimulateRequest.encode({ tx: undefined, txBytes: tx });
  app.query({ path: "/cosmos.tx.v1beta1.Service/Simulate", data, height: 0n });
  const others: readonly Block[] = [
    { ...block, timeMs: block.timeMs + 1n },
    { ...block, votes: (block.votes ?? []).map((vote) => ({ ...vote, signed: !vote.signed })) },
    { ...block, txs: block.txs.slice(0, -1) },
    { ...block, txs: [...block.txs.slice(0, 1), ...block.txs.slice(1).reverse()] },
    { ...block, txs: [...block.txs, tx] },
    { ...block, proposer: new Uint8Array(20) },
  ];
  await app.processProposal(random.pick(others));
}

/** One height: some proposals fail, one is decided, and all nodes come to the same of it. */
async function playHeight(net: Net): Promise<void> {
  const { random, nodes, counts, sets } = net;
  // Who proposes, who judges, who sees nothing, and who has seen too much.
  const first = random.int(4);
  const [own, judge, late, confused] = [0, 1, 2, 3].map((i) => nodes[(first + i) % 4] as Node);
  assert.ok(own && judge && late && confused);
  while (random.chance(0.3)) {
    const failed = await propose(net, random.pick([own, judge, confused]), frame(net));
    assert.ok(await confused.app.processProposal(failed), "a proposal that failed for want of votes");
    counts.rounds++;
  }
  const block = await propose(net, own, frame(net));
  if (random.chance(0.5)) assert.ok(await own.app.processProposal(block));
  assert.ok(await judge.app.processProposal(block), "an honest proposal is accepted");
  if (random.chance(0.5)) assert.ok(await confused.app.processProposal(block));
  for (const node of [own, judge, confused]) if (random.chance(0.5)) await disturb(net, node, block);
  const results = [];
  for (const { app } of [late, own, judge, confused]) results.push(await app.finalizeBlock(block));
  const [one, ...others] = results.map(heard);
  for (const other of others) assert.deepEqual(other, one, `height ${block.height}`);
  for (const { app } of nodes) await app.commit();
  const { txResults = [], validatorUpdates = [] } = results[0] ?? {};
  sets.update(block.height, validatorUpdates);
  counts.blocks++;
  counts.txs += txResults.length - 1;
  counts.failed += txResults.filter(({ code }) => code !== 0).length;
  counts.updates += validatorUpdates.length;
}

/** Starts one of the apps anew over its state. */
function restart(net: Net): void {
  const at = net.random.int(4);
  const { store } = net.nodes[at] as Node;
  net.nodes[at] = { app: bareApp(optionsOf(() => net, store)), store };
  net.counts.restarts++;
}

test("whoever ran a block, and whatever it ran before, all nodes come to the same", async (t) => {
  const net = newNet(SEED);
  for (let i = 0; i < BLOCKS; i++) {
    await playHeight(net);
    if (net.random.chance(0.1)) restart(net);
  }
  t.diagnostic(`ITERUM_TEST_SEED="${SEED}": ${JSON.stringify(net.counts)}`);
  assert.ok(net.counts.txs > BLOCKS && net.counts.failed > BLOCKS / 4 && net.counts.left > BLOCKS);
});
