import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findCometBft } from "#chain/node/cometbft-binary.ts";
import { cometEnv } from "#chain/node/config.ts";
import { runProgram } from "#chain/node/process.ts";
import { ensureCli } from "#cli/errors.ts";
import type { HomeLayout } from "#cli/home/layout.ts";
import { PubKey } from "#proto/gen/cosmos/crypto/ed25519.ts";
import type { Any } from "#proto/gen/google/protobuf.ts";

interface KeyFile {
  readonly pub_key: { readonly type: string; readonly value: string };
}

const keyFile = ({ comet }: HomeLayout): string => join(comet, "config/priv_validator_key.json");

/** Where the key waits that a rotation has announced. */
export const nextKeyFile = ({ comet }: HomeLayout): string =>
  join(comet, "config/priv_validator_key.next.json");

function publicKeyOf(text: string, file: string): Uint8Array {
  const { pub_key: key } = JSON.parse(text) as KeyFile;
  ensureCli(key.type === "tendermint/PubKeyEd25519", `${file} holds a key of the type ${key.type}`);
  return new Uint8Array(Buffer.from(key.value, "base64"));
}

/**
 * The public half of the key that the home's node signs blocks with, or of another file, 32 bytes. Throws
 * CliError.
 */
export async function consensusKeyOf(layout: HomeLayout, file = keyFile(layout)): Promise<Uint8Array> {
  ensureCli(existsSync(file), `${layout.home} is no home of a node: it has no consensus key`);
  return publicKeyOf(await readFile(file, "utf8"), file);
}

/** A consensus key as messages carry it. */
export const packedKey = (key: Uint8Array): Any => ({
  typeUrl: PubKey.typeUrl,
  value: PubKey.encode({ key }),
});

/** Makes the node's next consensus key beside its present one; gives the public half. Throws CliError. */
export async function makeNextKey(layout: HomeLayout): Promise<Uint8Array> {
  const file = nextKeyFile(layout);
  ensureCli(!existsSync(file), `there is a next key already: ${file}`);
  const printed = await runProgram(findCometBft(), ["gen-validator", "--home", layout.comet], cometEnv());
  const { Key: key } = JSON.parse(printed) as { readonly Key: KeyFile };
  const text = `${JSON.stringify(key, null, 2)}\n`;
  await writeFile(file, text, { mode: 0o600, flag: "wx" });
  return publicKeyOf(text, file);
}
