import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import { toHex } from "#chain/bytes/hex.ts";
import { ethereumAddress } from "#chain/protocol/eip191.ts";
import { addKey, keyNames, openKey } from "#cli/home/keys.ts";
import { iterum, withFolder } from "./program.ts";

const mnemonic = "test test test test test test test test test test test junk";
const password = "correct horse";
const nobodyAsks = (): Promise<string> => Promise.reject(new Error("asked for a password"));

test("a key is the one that Cosmos and Ethereum wallets derive from its mnemonic", () =>
  withFolder(async (folder) => {
    await addKey(folder, "ann", mnemonic, "dev");
    const key = await openKey(folder, "ann", nobodyAsks);
    const wallet = await DirectSecp256k1HdWallet.fromMnemonic(mnemonic, { prefix: "iterum" });
    assert.equal(key.address, (await wallet.getAccounts())[0]?.address);
    // The first account of this well-known mnemonic in every Ethereum development tool.
    const first = "f39fd6e51aad88f6f4ce6ab8827279cfffb92266";
    assert.equal(toHex(ethereumAddress(await key.ethereumKey())), first);
  }));

test("an encrypted key opens with its password alone, and its file shows nothing", () =>
  withFolder(async (folder) => {
    const { address } = await addKey(folder, "ann", mnemonic, { password });
    const file = join(folder, "ann.json");
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.ok(!(await readFile(file, "utf8")).includes("junk"));
    assert.equal((await openKey(folder, "ann", async () => password)).address, address);
    await assert.rejects(
      openKey(folder, "ann", async () => "wrong horse"),
      /wrong password for key ann/,
    );
  }));

test("a name is taken once, and a name that is a path is refused", () =>
  withFolder(async (folder) => {
    await addKey(folder, "ann", mnemonic, "dev");
    await assert.rejects(addKey(folder, "ann", mnemonic, "dev"), /there is a key ann already/);
    await assert.rejects(addKey(folder, "../ann", mnemonic, "dev"), /not a name for a key/);
    await assert.rejects(addKey(folder, "bob", "twelve words", "dev"), /not a BIP-39 mnemonic/);
    assert.deepEqual(await keyNames(folder), ["ann"]);
  }));

test("a key file that others may read is refused", () =>
  withFolder(async (folder) => {
    await addKey(folder, "ann", mnemonic, "dev");
    await writeFile(join(folder, "bob.json"), await readFile(join(folder, "ann.json")), { mode: 0o644 });
    await assert.rejects(openKey(folder, "bob", nobodyAsks), /others may read/);
  }));

test("the program recovers a key from standard input and shows its address", () =>
  withFolder(async (home) => {
    const env = { ITERUM_PASSWORD: password };
    const added = await iterum(["keys", "add", "ann", "--recover", "--home", home], {
      input: `${mnemonic}\n`,
      env,
    });
    assert.equal(added.code, 0, added.stderr);
    const shown = await iterum(["keys", "show", "ann", "--home", home]);
    assert.equal(shown.stdout, added.stdout);
    assert.match(shown.stdout, /^iterum1[a-z0-9]{38}\n$/);
  }));

test("a new password that is too short is refused", () =>
  withFolder(async (home) => {
    const env = { ITERUM_PASSWORD: "short" };
    const { code, stderr } = await iterum(["keys", "add", "ann", "--home", home], { env });
    assert.equal(code, 1);
    assert.match(stderr, /^✗ a password has at least 8 characters\n$/);
  }));
