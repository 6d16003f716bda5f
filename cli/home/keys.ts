import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Bip39, EnglishMnemonic, Slip10, Slip10Curve, stringToPath } from "@cosmjs/crypto";
import { DirectSecp256k1HdWallet, type OfflineDirectSigner } from "@cosmjs/proto-signing";
import { fromUtf8 } from "#chain/bytes/utf8.ts";
import { ADDRESS_PREFIX } from "#chain/protocol/address.ts";
import { CliError, ensureCli } from "#cli/errors.ts";
import { readSecretFile } from "./layout.ts";

// A key file holds one mnemonic: of it come the chain's key (m/44'/118'/0'/0/0) and an Ethereum key
// (m/44'/60'/0'/0/0), both as wallets derive them.

const ethereumPath = stringToPath("m/44'/60'/0'/0/0");
const namePattern = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;
const words = 24;

/** What a key file says. */
export type KeyFile =
  | { readonly kind: "encrypted"; readonly address: string; readonly wallet: string }
  | { readonly kind: "dev"; readonly warning: string; readonly address: string; readonly mnemonic: string };

const devWarning = "development key, not encrypted: whoever reads this file owns the account";

/** An unlocked key. */
export interface Key {
  readonly name: string;
  readonly address: string;
  readonly signer: OfflineDirectSigner;
  /** Private key of the Ethereum account, 32 bytes. */
  ethereumKey(): Promise<Uint8Array>;
}

/** How to protect a new key: with a password, or not at all on development nets. */
export type Protection = { readonly password: string } | "dev";

function fileOf(folder: string, name: string): string {
  ensureCli(namePattern.test(name), `not a name for a key (a-z, 0-9, dashes): "${name.slice(0, 60)}"`);
  return join(folder, `${name}.json`);
}

const walletOf = (mnemonic: string): Promise<DirectSecp256k1HdWallet> =>
  DirectSecp256k1HdWallet.fromMnemonic(mnemonic, { prefix: ADDRESS_PREFIX });

async function keyOf(name: string, wallet: DirectSecp256k1HdWallet): Promise<Key> {
  const [account] = await wallet.getAccounts();
  ensureCli(account, `key ${name} has no account`);
  return {
    name,
    address: account.address,
    signer: wallet,
    ethereumKey: async () => {
      const seed = await Bip39.mnemonicToSeed(new EnglishMnemonic(wallet.mnemonic));
      return Slip10.derivePath(Slip10Curve.Secp256k1, seed, ethereumPath).privkey;
    },
  };
}

/** A mnemonic of 24 words from the operating system's entropy. */
export const newMnemonic = async (): Promise<string> =>
  (await DirectSecp256k1HdWallet.generate(words, { prefix: ADDRESS_PREFIX })).mnemonic;

/** The mnemonic of 32 bytes of entropy: for development keys that a seed determines. */
export const mnemonicOf = (entropy: Uint8Array): string => Bip39.encode(entropy).toString();

/** Writes a new key file, mode 0600. Throws CliError when the name is taken or the mnemonic is none. */
export async function addKey(
  folder: string,
  name: string,
  mnemonic: string,
  protection: Protection,
): Promise<Key> {
  const file = fileOf(folder, name);
  const wallet = await walletOf(mnemonic).catch((cause: unknown) => {
    throw new CliError("not a BIP-39 mnemonic of English words", { cause });
  });
  const key = await keyOf(name, wallet);
  const { address } = key;
  const content: KeyFile =
    protection === "dev"
      ? { kind: "dev", warning: devWarning, address, mnemonic }
      : { kind: "encrypted", address, wallet: await wallet.serialize(protection.password) };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const text = `${JSON.stringify(content, null, 2)}\n`;
  await writeFile(file, text, { mode: 0o600, flag: "wx" }).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === "EEXIST" ? new CliError(`there is a key ${name} already`, { cause }) : cause;
  });
  return key;
}

/** What a key file says, without unlocking it. Throws CliError. */
export async function readKeyFile(folder: string, name: string): Promise<KeyFile> {
  const file = fileOf(folder, name);
  try {
    return JSON.parse(fromUtf8(await readSecretFile(file))) as KeyFile;
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw new CliError(`${file} is no key file`, { cause });
  }
}

/** Unlocks a key; the password is asked for only where one is needed. Throws CliError. */
export async function openKey(
  folder: string,
  name: string,
  askPassword: (name: string) => Promise<string>,
): Promise<Key> {
  const content = await readKeyFile(folder, name);
  if (content.kind === "dev") return keyOf(name, await walletOf(content.mnemonic));
  const password = await askPassword(name);
  const wallet = await DirectSecp256k1HdWallet.deserialize(content.wallet, password).catch(
    (cause: unknown) => {
      throw new CliError(`wrong password for key ${name}`, { cause });
    },
  );
  return keyOf(name, wallet);
}

/** Names of the keys in a folder, in order. */
export async function keyNames(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder).catch(() => []);
  return files
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .sort();
}

/** The address that a name or an address stands for. Throws CliError for an unknown name. */
export async function addressOf(folder: string, who: string): Promise<string> {
  if (who.startsWith(`${ADDRESS_PREFIX}1`)) return who;
  return (await readKeyFile(folder, who)).address;
}
