import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "#chain/bytes/hash.ts";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import { homePaths } from "#chain/node/config.ts";
import type { SupervisedNode } from "#chain/node/supervisor.ts";
import { toConsensusAddress, toOperator } from "#chain/protocol/operator.ts";
import { connect } from "#client/connect.ts";
import { Query as Slashing } from "#proto/gen/cosmos/slashing.ts";
import {
  MsgCreateValidator,
  MsgDelegate,
  MsgUndelegate,
  Query as Staking,
} from "#proto/gen/cosmos/staking.ts";
import { MsgRegisterBeaconKey } from "#proto/gen/iterum/elections.ts";
import { MsgRotateConsensusKey } from "#proto/gen/iterum/validators.ts";
import { say } from "../chain.ts";
import { doubleSign } from "../double-sign.ts";
import { DENOM, TOKEN } from "../genesis.ts";
import type { NetNode } from "../net.ts";
import { validator } from "../validator.ts";
import { type Deed, FOUNDING_POWER, type Powers } from "./plan.ts";
import type { Standing } from "./report.ts";
import { ask, heightAt } from "./rpc.ts";
import { insist, sayOn } from "./say.ts";
import { creation, operatorOf } from "./stake.ts";

/** A node and whoever runs it. */
export interface Actor {
  readonly made: NetNode;
  running: SupervisedNode;
}

interface KeyFile {
  readonly address: string;
  readonly pub_key: { readonly type: string; readonly value: string };
  readonly priv_key: { readonly type: string; readonly value: string };
}

const POLL_MS = 200;
const PATIENCE_MS = 120_000;

const keyFileOf = (home: string): string => join(homePaths(home).comet, "config/priv_validator_key.json");

const keyOf = async ({ made }: Actor): Promise<KeyFile> =>
  JSON.parse(await readFile(keyFileOf(made.home), "utf8")) as KeyFile;

const publicKeyOf = ({ pub_key }: KeyFile): Uint8Array =>
  new Uint8Array(Buffer.from(pub_key.value, "base64"));

interface Proposed {
  readonly block: { readonly header: { readonly proposer_address: string } };
}

interface Sets {
  readonly validators: readonly { readonly address: string; readonly voting_power: string }[];
}

/** The power of a key in the newest set that a node knows. */
async function powerAt(rpcUrl: string, address: string): Promise<number> {
  const { validators } = await insist("asking for the set", () =>
    ask<Sets>(rpcUrl, "validators?per_page=100"),
  );
  return Number(validators.find((each) => each.address === address)?.voting_power ?? 0);
}

/** Waits until the set of validators has the key with that power; 0 for not at all. */
async function untilPower(rpcUrl: string, address: string, power: number): Promise<void> {
  for (const endsMs = performance.now() + PATIENCE_MS; ; await sleep(POLL_MS)) {
    const now = await powerAt(rpcUrl, address);
    if (now === power) return;
    if (performance.now() > endsMs) throw new Error(`${address} has power ${now}, not ${power}`);
  }
}

/** Waits until the key has proposed a block: then it has signed others too, and its beacon key is known. */
async function untilProposed(rpcUrl: string, address: string): Promise<void> {
  let next = Math.max(1, await heightAt(rpcUrl));
  for (const endsMs = performance.now() + PATIENCE_MS; ; await sleep(POLL_MS)) {
    const last = await heightAt(rpcUrl);
    for (; next <= last; next++) {
      const path = `block?height=${next}`;
      const { block } = await insist(`asking for ${path}`, () => ask<Proposed>(rpcUrl, path));
      if (block.header.proposer_address === address) return;
    }
    if (performance.now() > endsMs) throw new Error(`${address} proposes no block`);
  }
}

/** What the chain says of a node's validator. */
async function standingOf(rpc: string, { made }: Actor, key: KeyFile): Promise<Standing> {
  const client = await connect({ rpc });
  const validatorAddr = toOperator(operatorOf(made.name).address);
  const consAddress = toConsensusAddress(fromHex(key.address.toLowerCase()));
  const [{ validator: found }, { valSigningInfo }] = await insist("asking for a validator", () =>
    Promise.all([
      client.ask(Staking.validator, { validatorAddr }),
      client.ask(Slashing.signingInfo, { consAddress }),
    ]),
  );
  client.close();
  const isThrownOut = valSigningInfo?.tombstoned ?? false;
  return { tokens: `${found?.tokens ?? 0n}`, isJailed: found?.jailed ?? false, isThrownOut };
}

async function elect({ made, running }: Actor, key: KeyFile): Promise<void> {
  const who = operatorOf(made.name);
  const { publicKey, possession } = validator(made.name).key;
  const beacon = { ...MsgRegisterBeaconKey.zero(), operator: who.address, publicKey, possession };
  await sayOn(running.rpcUrl, who, say(MsgCreateValidator, creation(made.name, publicKeyOf(key))));
  await sayOn(running.rpcUrl, who, say(MsgRegisterBeaconKey, beacon));
}

/** Lets the operator of a node stake more with it, or take back. */
function move({ made, running }: Actor, codec: typeof MsgDelegate | typeof MsgUndelegate, power: number) {
  const who = operatorOf(made.name);
  const amount = { denom: DENOM, amount: BigInt(power) * TOKEN };
  const message = { delegatorAddress: who.address, validatorAddress: toOperator(who.address), amount };
  return sayOn(running.rpcUrl, who, say(codec, message));
}

/** A key file with a new key, made from the node's name. */
function nextKey(name: string): KeyFile {
  const secret = sha256(new TextEncoder().encode(`next key of ${name}`));
  const publicKey = ed25519.getPublicKey(secret);
  const base64 = (...parts: readonly Uint8Array[]): string => Buffer.concat(parts).toString("base64");
  return {
    address: toHex(sha256(publicKey).slice(0, 20)).toUpperCase(),
    pub_key: { type: "tendermint/PubKeyEd25519", value: base64(publicKey) },
    priv_key: { type: "tendermint/PrivKeyEd25519", value: base64(secret, publicKey) },
  };
}

/** Announces a new key and starts the node with it once the set has it. */
async function rotate(actor: Actor, elder: string, power: number): Promise<void> {
  const { made, running } = actor;
  const who = operatorOf(made.name);
  const key = nextKey(made.name);
  const message = { operator: who.address, publicKey: publicKeyOf(key) };
  await sayOn(running.rpcUrl, who, say(MsgRotateConsensusKey, message));
  await untilPower(elder, key.address, power);
  await running.stop();
  await writeFile(keyFileOf(made.home), JSON.stringify(key), { mode: 0o600 });
  actor.running = await made.start();
}

/**
 * Does it and waits until the set of validators shows it, and until a key that is new in it has made a block.
 * Gives what the chain says of the validator then. `powers` are those before.
 */
export async function perform(actors: readonly Actor[], deed: Deed, powers: Powers): Promise<Standing> {
  const [actor, elder] = [actors[deed.node], actors.find((_, node) => node !== deed.node)];
  if (actor === undefined || elder === undefined) throw new Error(`there is no node ${deed.node}`);
  await carryOut(actor, elder.running.rpcUrl, deed, powers.get(deed.node) ?? 0);
  return standingOf(elder.running.rpcUrl, actor, await keyOf(actor));
}

/** `rpcUrl` is that of another node, `before` the power before. */
async function carryOut(actor: Actor, rpcUrl: string, deed: Deed, before: number): Promise<void> {
  const key = await keyOf(actor);
  switch (deed.kind) {
    case "elect":
      await elect(actor, key);
      await untilPower(rpcUrl, key.address, FOUNDING_POWER);
      return untilProposed(rpcUrl, key.address);
    case "stake":
      await move(actor, MsgDelegate, deed.power);
      return untilPower(rpcUrl, key.address, before + deed.power);
    case "leave":
      await move(actor, MsgUndelegate, before);
      return untilPower(rpcUrl, key.address, 0);
    case "rotate":
      await rotate(actor, rpcUrl, before);
      await untilPower(rpcUrl, key.address, 0);
      return untilProposed(rpcUrl, (await keyOf(actor)).address);
    case "doubleSign":
      await doubleSign(actor.made.home, rpcUrl, BigInt(await heightAt(rpcUrl)));
      return untilPower(rpcUrl, key.address, 0);
  }
}
