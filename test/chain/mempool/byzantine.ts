import assert from "node:assert/strict";
import { storeSpaces } from "#chain/app/modules.ts";
import type { BlockResult } from "#chain/app/types.ts";
import { App } from "#chain/app.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { signBeacon } from "#chain/protocol/beacon.ts";
import { memoryStore } from "#chain/store/memory.ts";
import * as auth from "#modules/auth/api.ts";
import type { ExecTxResult } from "#proto/gen/tendermint/abci.ts";
import { bareApp, initWith, nextBlock, pay, signedAs } from "#test/chain/app/kit.ts";
import { type Person, people, person } from "#test/kit/accounts.ts";
import { noProofs, type Said, signTx } from "#test/kit/chain.ts";
import { type Random, seeded } from "#test/kit/game/random.ts";
import { submitProof } from "#test/kit/game/say.ts";
import { CHAIN_ID, DENOM, genesis } from "#test/kit/genesis.ts";
import { validator } from "#test/kit/validator.ts";
import { signatures as verifier } from "#test/kit/verifier.ts";
import { type Makings, tricks } from "./mischief.ts";

/** What became of proposals: counts by trick of those accepted, refused, and decided all the same. */
export interface Tally {
  readonly proposals: number;
  readonly accepted: Readonly<Record<string, number>>;
  readonly refused: Readonly<Record<string, number>>;
  readonly forced: number;
  readonly halted: number;
}

/** Tricks that no node may ever fall for. */
export const hopeless: readonly string[] = [
  ...["garbage", "oversizedTx", "oversizedBlock", "gasOverflow", "gasBeyondTx", "outOfGas", "cheap"],
  ...["otherChain", "early", "late", "undueProof", "stranger", "falseBeacon", "secondBeacon"],
  ...["truncated", "duplicate"],
];

const crowd = people("ann", "bob", "cid", "dan", "eve", "fay");
const val = validator("val");

/** Nodes of one chain that differ in what must not matter: what they saw before and what they remember. */
function nodesOf(signed: boolean) {
  const state = genesis({ members: [], others: crowd, ...(signed && { beaconKeys: [val.key] }) });
  const options = {
    proofs: noProofs,
    signatures: verifier,
    beacon: (message: Uint8Array) => signBeacon(message, val.secret),
  };
  const made = Array.from({ length: 3 }, () => {
    const store = memoryStore({ spaces: storeSpaces });
    const app = bareApp({ ...options, store, invariants: "cheap" });
    initWith(app, state);
    return { app, restart: (): App => new App({ ...options, store, invariants: "cheap" }) };
  });
  const [warm, cold, mortal] = made as [(typeof made)[0], (typeof made)[0], (typeof made)[0]];
  return { warm: warm.app, cold: cold.app, mortal };
}

const turn = (app: App, who: Person) =>
  app.read((ctx) => {
    const { number = 0n, sequence = 0n } = auth.account(ctx, who.address) ?? {};
    return { number, sequence };
  });

/** A payment, or a proof that nobody owes. */
function txOf(
  app: App,
  who: Person,
  random: Random,
  ahead: bigint,
  change: Parameters<Makings["next"]>[0] = {},
): Uint8Array {
  const { gas = 100_000n + BigInt(random.int(50)) * 1_000n, chainId = CHAIN_ID, timeoutHeight = 0n } = change;
  const fee = change.fee ?? gas / 1_000n + BigInt(random.int(100)) + 1n;
  const { number, sequence } = turn(app, who);
  const payment = (): Said => pay(who, random.pick(crowd), BigInt(1 + random.int(1_000)));
  const said = change.proves
    ? [submitProof(who, 1n, { paramsHash: new Uint8Array(32) } as never)]
    : Array.from({ length: change.payments ?? 1 }, payment);
  const at = { number, sequence: sequence + ahead };
  if (chainId !== CHAIN_ID) return signTx(who, { ...at, chainId, gas }, ...said);
  return signedAs(who, at, said, {
    body: (body) => ({ ...body, timeoutHeight }),
    auth: (info) => {
      const amount = fee === 0n ? [] : [{ denom: DENOM, amount: fee }];
      return { ...info, fee: { payer: "", granter: "", gasLimit: gas, amount } };
    },
  });
}

/** How many of the transactions are of that person: those with its key. */
const countOf = (who: Person, txs: readonly Uint8Array[]): bigint =>
  BigInt(txs.filter((tx) => toHex(tx).includes(toHex(who.publicKey))).length);

/** Adds to the mempool of a node, which may hold more, and lets it propose. */
async function honest(app: App, random: Random): Promise<Uint8Array[]> {
  const waiting = app.waiting().txs;
  let admitted = 0;
  for (const who of crowd) {
    const count = BigInt(random.int(3));
    for (let ahead = 0n; ahead < count; ahead += 1n)
      if (app.checkTx(txOf(app, who, random, ahead)).code === 0) admitted++;
  }
  assert.ok(waiting > 0 || admitted === app.waiting().txs);
  return app.prepareProposal({ ...nextBlock(app, [], val.address), bytesMax: 1 << 20 });
}

const show = ({ code, codespace, gasUsed, gasWanted, data }: ExecTxResult): string =>
  `${codespace}/${code}/${gasUsed}/${gasWanted}/${toHex(data)}`;

/** The same end of all nodes: one hash and one list of results, or the same refusal to go on. */
async function decide(nodes: readonly App[], txs: readonly Uint8Array[]): Promise<BlockResult | undefined> {
  const [first] = nodes as [App];
  const block = nextBlock(first, txs, val.address);
  const ends = await Promise.allSettled(nodes.map((app) => app.finalizeBlock(block)));
  const said = ends.map((end) =>
    end.status === "fulfilled"
      ? `${toHex(end.value.appHash)} ${end.value.txResults.map(show).join()}`
      : `halted: ${end.reason}`,
  );
  assert.equal(new Set(said).size, 1, `nodes disagree: ${said.map((each) => each.slice(0, 200)).join("\n")}`);
  const [end] = ends;
  if (end?.status !== "fulfilled") return undefined;
  for (const app of nodes) await app.commit();
  return end.value;
}

/** Whether a transaction of an accepted block had its turn, or only lacked what a message before it spent. */
const tookTurn = ({ code, codespace, events }: ExecTxResult): boolean =>
  code === 0 || events.length > 0 || `${codespace}/${code}` === "sdk/5";

/** Lets a proposer try every trick; throws where two nodes disagree or a correct proposal is refused. */
export async function mislead(seed: string, proposals: number, signed: boolean): Promise<Tally> {
  const random = seeded(seed);
  const { warm, cold, mortal } = nodesOf(signed);
  let third = mortal.app;
  const names = Object.keys(tricks);
  const [accepted, refused] = [new Map<string, number>(), new Map<string, number>()];
  let [forced, halted] = [0, 0];
  for (let i = 0; i < proposals; i++) {
    if (i > 0 && random.chance(0.02) && warm.info().height > 0n) third = mortal.restart();
    const nodes = [warm, cold, third];
    const good = await honest(warm, random);
    const [beacon] = signed ? good : [];
    const trick = names[i % names.length] as string;
    const who = random.pick(crowd);
    const makings: Makings = {
      random,
      txs: good.slice(signed ? 1 : 0),
      beacon,
      next: ({ ahead: more = 0n, ...change } = {}) =>
        txOf(warm, who, random, countOf(who, good) + more, change),
      stranger: () => txOf(warm, person(`stranger ${i}`), random, 0n),
    };
    const made = tricks[trick]?.(makings) ?? [];
    const txs = beacon && (random.chance(0.9) || trick === "honest") ? [beacon, ...made] : [...made];
    const block = nextBlock(warm, txs, val.address);
    const votes = await Promise.all(nodes.map((app) => app.processProposal(block)));
    assert.equal(new Set(votes).size, 1, `${trick}: ${votes}`);
    const isAccepted = votes[0] === true;
    if (trick === "honest") assert.ok(isAccepted, "a correct proposal");
    const counts = isAccepted ? accepted : refused;
    counts.set(trick, (counts.get(trick) ?? 0) + 1);
    if (!isAccepted && random.chance(0.5)) continue;
    const result = await decide(nodes, txs);
    if (result === undefined) halted++;
    if (isAccepted) assert.ok(result?.txResults.every(tookTurn), `${trick}: accepted without its turn`);
    else forced++;
  }
  const plain = (counts: Map<string, number>) => Object.fromEntries([...counts].sort());
  return { proposals, accepted: plain(accepted), refused: plain(refused), forced, halted };
}
