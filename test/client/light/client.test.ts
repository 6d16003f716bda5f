import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { toHex } from "#chain/bytes/hex.ts";
import { ClientError } from "#client/errors.ts";
import { type Block, headerHash } from "#client/light/block.ts";
import { LightClient, type LightOptions } from "#client/light/client.ts";
import { LightError, type LightFault } from "#client/light/error.ts";
import { fileSecrets } from "#client/member/secrets.ts";
import { CHAIN, chainOf, clockAt, momentOf, type Signer, signer, sourceOf } from "./chain.ts";

const LENGTH = 60;
/** One of four validators is replaced every five blocks. */
const setAt = (height: number): readonly Signer[] =>
  Array.from({ length: 4 }, (_, i) => signer(`v${i + Math.floor(height / 5)}`));
const chain = chainOf(LENGTH, setAt);
/** Three of four validators of height 50 sign another block 51 and what comes after it. */
const attack = chainOf(LENGTH, setAt, {
  below: chain.slice(0, 50),
  salt: "attack",
  votes: (_, place) => place > 0,
});
const hashOf = (block: Block | undefined): string => toHex(headerHash((block as Block).header));
const trusted = (height: number) => ({ height: BigInt(height), hash: hashOf(chain[height - 1]) });

const open = (options: Partial<LightOptions> = {}): Promise<LightClient> =>
  LightClient.open({
    ...{ chainId: CHAIN, primary: sourceOf(chain), trusted: trusted(1) },
    ...{ trustingPeriodMs: 10_000_000, clock: clockAt(momentOf(LENGTH)), ...options },
  });

const fault =
  (wanted: LightFault) =>
  (error: unknown): boolean =>
    error instanceof LightError && error.fault === wanted && error.kind === "unverified";

test("the newest header is reached over as few blocks as its validators allow", async () => {
  const asked: bigint[] = [];
  const light = await open({ primary: sourceOf(chain, asked) });
  assert.equal(hashOf(chain.at(-1)), toHex(headerHash(await light.newest())));
  assert.ok(asked.length > 3 && asked.length < 30, `${asked}`);
  assert.equal(new Set(asked).size, asked.length);
});

test("headers between and below what is trusted are verified too", async () => {
  const light = await open({ trusted: trusted(30) });
  for (const height of [60, 45, 30, 29, 7, 1, 7])
    assert.equal(
      hashOf(chain[height - 1]),
      toHex(headerHash(await light.header(BigInt(height)))),
      `height ${height}`,
    );
  await assert.rejects(
    light.header(0n),
    (error) => error instanceof ClientError && error.kind === "badInput",
  );
});

test("a node that lacks a height is waited for, then it is called unreachable", async () => {
  const light = await open();
  await assert.rejects(
    light.header(61n),
    (error) => error instanceof ClientError && error.kind === "unreachable",
  );
});

test("a first block with another hash, of another chain or without signatures is no beginning", async () => {
  await assert.rejects(open({ trusted: { ...trusted(1), hash: hashOf(chain[1]) } }), fault("wrongHash"));
  await assert.rejects(open({ chainId: "light-2" }), fault("otherChain"));
  const bare = { ...(chain[0] as Block), commit: { ...(chain[0] as Block).commit, signatures: [] } };
  await assert.rejects(open({ primary: sourceOf([bare]) }), fault("badBlock"));
});

test("times of trust that are none are refused", async () => {
  for (const span of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
    await assert.rejects(
      open({ trustingPeriodMs: span }),
      (error) => error instanceof ClientError && error.kind === "badInput",
    );
});

test("trust that is over is not stretched, and an old newest block is stale", async () => {
  const late = clockAt(momentOf(LENGTH) + 700_000);
  await assert.rejects((await open({ clock: late })).newest(), fault("stale"));
  await assert.rejects((await open({ trustingPeriodMs: 60_000 })).newest(), fault("expired"));
});

test("headers below a lying page are refused", async () => {
  const light = await open({
    primary: { ...sourceOf(attack), headers: sourceOf(chain).headers },
    trusted: {
      height: 60n,
      hash: hashOf(attack.at(-1)),
    },
  });
  await assert.rejects(light.header(55n), fault("badBlock"));
});

test("two signed headers of one height are an attack, and both are shown", async () => {
  const light = await open({ primary: sourceOf(attack), witnesses: [sourceOf(chain)] });
  await assert.rejects(light.newest(), (error) => {
    assert.ok(fault("divergence")(error) && error instanceof LightError && error.headers);
    const shown = error.headers.map(({ header }) => header && toHex(headerHash(header)));
    assert.deepEqual(shown, [hashOf(attack.at(-1)), hashOf(chain.at(-1))]);
    return true;
  });
  const honest = await light.header(40n);
  assert.equal(toHex(headerHash(honest)), hashOf(chain[39]));
});

test("a witness that lies cannot stop an honest primary, and no witness at all can", async () => {
  const foreign = sourceOf(chainOf(LENGTH, () => ["x", "y"].map((name) => signer(name))));
  const light = await open({ witnesses: [foreign, sourceOf(chain)] });
  assert.equal((await light.newest()).height, 60n);
  await assert.rejects((await open({ witnesses: [foreign] })).newest(), fault("unconfirmed"));
});

test("a witness whose header no block can carry is one that has nothing", async () => {
  const { header, ...rest } = chain.at(-1) as Block;
  const impossible = { ...rest, header: { ...header, time: { seconds: 1n << 70n, nanos: 0 } } };
  const witness = { ...sourceOf(chain), block: async () => impossible };
  const light = await open({ witnesses: [witness, sourceOf(chain)] });
  assert.equal((await light.newest()).height, 60n);
  await assert.rejects((await open({ witnesses: [witness] })).newest(), fault("unconfirmed"));
});

test("a witness that takes a minute for every block is not asked for many", async () => {
  const asked: bigint[] = [];
  const clock = clockAt(momentOf(LENGTH));
  const slow = sourceOf(attack, asked);
  const witness = { ...slow, block: (height?: bigint) => clock.sleep(50_000).then(() => slow.block(height)) };
  const light = await open({ clock, witnesses: [witness, sourceOf(chain)] });
  assert.equal((await light.newest()).height, 60n);
  assert.equal(asked.length, 2);
});

test("a node that shows another block than before is found out", async () => {
  let blocks = chain;
  const light = await open({
    primary: { ...sourceOf(chain), block: (height) => sourceOf(blocks).block(height) },
  });
  await light.newest();
  blocks = attack;
  await assert.rejects(light.newest(), fault("wrongHash"));
});

test("what was verified is kept for the next run, which needs no trusted block", async () => {
  const folder = await mkdtemp(join(tmpdir(), "iterum-light-"));
  try {
    const store = await fileSecrets(folder);
    await assert.rejects(
      LightClient.open({ chainId: CHAIN, primary: sourceOf(chain), store }),
      (error) => error instanceof ClientError && error.kind === "badInput",
    );
    await (await open({ store, primary: sourceOf(chain.slice(0, 40)) })).newest();
    const asked: bigint[] = [];
    const clock = clockAt(momentOf(LENGTH));
    const again = {
      chainId: CHAIN,
      primary: sourceOf(chain, asked),
      store,
      clock,
      trustingPeriodMs: 300_000,
    };
    assert.equal((await (await LightClient.open(again)).newest()).height, 60n);
    assert.ok(!asked.includes(1n));
    const damaged = { ...store, get: async () => new Uint8Array([0, 0, 0, 9, 1]) };
    await assert.rejects(
      LightClient.open({ ...again, store: damaged }),
      (error) => error instanceof ClientError && error.kind === "badInput",
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
