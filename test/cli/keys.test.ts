import assert from "node:assert/strict";
import { chmod, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { stringToPath } from "@cosmjs/crypto";
import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import { toHex } from "#chain/bytes/hex.ts";
import { ethereumAddress } from "#chain/protocol/eip191.ts";
import { deleteKey, keyNames, readKeyFile, renameKey } from "#cli/home/key-file.ts";
import { addKey, checkedMnemonic, newMnemonic, openKey, pathOf, protectKey } from "#cli/home/keys.ts";
import { iterum, withFolder } from "./program.ts";

const mnemonic = "test test test test test test test test test test test junk";
const password = "correct horse";
const wrongPassword = /^CliError: wrong password for key \w+, or its file was changed$/;
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

test("a key lies on the path of its account and index, in the Ethereum world too", () =>
  withFolder(async (folder) => {
    const { address } = await addKey(folder, "ann", mnemonic, "dev", pathOf(2, 7));
    const hdPaths = [stringToPath("m/44'/118'/2'/0/7")];
    const wallet = await DirectSecp256k1HdWallet.fromMnemonic(mnemonic, { prefix: "iterum", hdPaths });
    assert.equal(address, (await wallet.getAccounts())[0]?.address);
    const second = await addKey(folder, "ben", mnemonic, "dev", pathOf(0, 1));
    // The second account of this mnemonic in Ethereum's development tools.
    const known = "70997970c51812dc3a010c7d01b50e0d17dc79c8";
    assert.equal(toHex(ethereumAddress(await second.ethereumKey())), known);
    await assert.rejects(addKey(folder, "cat", mnemonic, "dev", "m/44'/60'/0'/0/0"), /not a path of this/);
  }));

test("12 and 24 words with their checksum are a mnemonic in any case, and no error repeats them", () => {
  const twelve =
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
  assert.equal(checkedMnemonic(`  ${twelve.toUpperCase().replaceAll(" ", "\n")} `), twelve);
  assert.equal(checkedMnemonic(newMnemonic()).split(" ").length, 24);
  const wrong = [twelve.replace("about", "abandon"), twelve.replace("about", "secretword"), "abandon about"];
  for (const words of wrong)
    assert.throws(
      () => checkedMnemonic(words),
      (error: Error) => /^not a BIP-39 mnemonic/.test(error.message) && !/secretword/.test(error.message),
    );
});

test("key files of earlier versions still open", () =>
  withFolder(async (folder) => {
    const wallet = await DirectSecp256k1HdWallet.fromMnemonic(mnemonic, { prefix: "iterum" });
    const [account] = await wallet.getAccounts();
    const address = account?.address ?? "";
    const old = { kind: "encrypted", address, wallet: await wallet.serialize(password) };
    const dev = { kind: "dev", warning: "", address, mnemonic };
    const write = (name: string, content: object): Promise<void> =>
      writeFile(join(folder, `${name}.json`), JSON.stringify(content), { mode: 0o600 });
    await write("old", old);
    await write("dev", dev);
    assert.equal((await openKey(folder, "dev", nobodyAsks)).address, address);
    assert.equal((await openKey(folder, "old", async () => password)).address, address);
  }));

test("a changed key file never opens", () =>
  withFolder(async (folder) => {
    await addKey(folder, "ann", mnemonic, { password });
    const other = await addKey(folder, "ben", newMnemonic(), "dev");
    const file = join(folder, "ann.json");
    const whole = await readKeyFile(folder, "ann");
    assert.ok("sealed" in whole);
    const { sealed } = whole;
    const flipped = (hex: string): string => `${hex[0] === "0" ? "1" : "0"}${hex.slice(1)}`;
    const opens = async (content: object): Promise<unknown> => {
      await writeFile(file, JSON.stringify(content), { mode: 0o600 });
      return openKey(folder, "ann", async () => password);
    };
    for (const part of ["salt", "nonce", "data"] as const)
      await assert.rejects(
        opens({ ...whole, sealed: { ...sealed, [part]: flipped(sealed[part]) } }),
        wrongPassword,
      );
    await assert.rejects(opens({ ...whole, address: other.address }), wrongPassword);
    await assert.rejects(opens({ ...whole, path: pathOf(1, 0) }), wrongPassword);
    const costs: readonly object[] = [{ n: 2 }, { n: 1 << 30 }, { n: (1 << 17) + 1 }, { r: 1 }, { p: 1_000 }];
    for (const cost of costs)
      await assert.rejects(
        opens({ ...whole, sealed: { ...sealed, kdf: { ...sealed.kdf, ...cost } } }),
        /ann\.json is damaged$/,
      );
    await assert.rejects(opens({ ...whole, sealed: {} }), /is damaged$/);
    await assert.rejects(opens({ ...whole, kind: "plain" }), /is no key file$/);
    const dev = { kind: "dev", address: other.address, mnemonic };
    await assert.rejects(opens(dev), /shows an address that is not its own$/);
    await writeFile(file, "{", { mode: 0o600 });
    await assert.rejects(readKeyFile(folder, "ann"), /is no key file$/);
  }));

test("a key gets a new password, another name, and leaves only itself behind", () =>
  withFolder(async (folder) => {
    const { address } = await addKey(folder, "ann", mnemonic, "dev");
    await addKey(folder, "ben", newMnemonic(), "dev");
    await protectKey(folder, "ann", nobodyAsks, async () => password);
    assert.equal((await readKeyFile(folder, "ann")).kind, "encrypted");
    await assert.rejects(renameKey(folder, "ann", "ben"), /there is a key ben already/);
    await renameKey(folder, "ann", "anna");
    assert.equal((await openKey(folder, "anna", async () => password)).address, address);
    await assert.rejects(renameKey(folder, "ann", "dan"), /there is no file/);
    await deleteKey(folder, "ben");
    await assert.rejects(deleteKey(folder, "ben"), /there is no file/);
    assert.deepEqual(await readdir(folder), ["anna.json"]);
  }));

test("a service gives passwords by a file, and a key moves from one home to another", () =>
  withFolder(async (home) => {
    const [secret, moved, there] = [join(home, "secret"), join(home, "ann.key"), join(home, "there")];
    await writeFile(secret, `${password}\n${password} again\n`, { mode: 0o600 });
    const env = { ITERUM_PASSWORD_FILE: secret };
    const keys = (args: readonly string[], input = "") => iterum(["keys", ...args], { env, input });
    const added = await keys(["add", "ann", "--recover", "--home", home], `${mnemonic}\n`);
    assert.equal(added.code, 0, added.stderr);
    const changed = await keys(["change-passphrase", "ann", "--home", home]);
    assert.equal(changed.code, 0, changed.stderr);
    const sent = await keys(["export", "ann", moved, "--home", home]);
    assert.equal(sent.code, 0, sent.stderr);
    assert.equal((await stat(moved)).mode & 0o777, 0o600);
    const refused = await keys(["import", "ann", moved, "--home", there]);
    assert.match(refused.stderr, /^✗ wrong password for key ann, or its file was changed\n$/);
    await writeFile(secret, `${password} again`);
    const taken = await keys(["import", "ann", moved, "--home", there]);
    assert.deepEqual([taken.code, taken.stdout], [0, added.stdout], taken.stderr);
    const unsaid = await keys(["delete", "ann", "--home", there]);
    assert.match(unsaid.stderr, /say --yes\n$/);
    await chmod(secret, 0o644);
    const open = await keys(["export", "ann", "--mnemonic", "--yes", "--home", there]);
    assert.match(open.stderr, /others may read .*secret: chmod 600 it/);
  }));
