import { Bip39, EnglishMnemonic, Random, Slip10, Slip10Curve, stringToPath } from "@cosmjs/crypto";
import { DirectSecp256k1HdWallet, type OfflineDirectSigner } from "@cosmjs/proto-signing";
import { ADDRESS_PREFIX } from "#chain/protocol/address.ts";
import { CliError, ensureCli } from "#cli/errors.ts";
import {
  DEFAULT_PATH,
  type KeyFile,
  placeIn,
  readKeyFile,
  replaceKeyFile,
  writeKeyFile,
} from "./key-file.ts";
import { seal, unseal } from "./sealing.ts";

// Of one mnemonic come the chain's key (m/44'/118'/account'/0/index) and an Ethereum key of the same account
// and index (m/44'/60'/…), both where wallets and hardware keys look for them.

const devWarning = "development key, not encrypted: whoever reads this file owns the account";
const ENTROPY_BYTES = 32;

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

/** Asks for the password of a key. */
export type AskPassword = (name: string) => Promise<string>;

/** The path of an account and index, as Ledger's app of the Cosmos world allows. */
export const pathOf = (account: number, index: number): string => `m/44'/118'/${account}'/0/${index}`;

const walletOf = (mnemonic: string, path: string): Promise<DirectSecp256k1HdWallet> =>
  DirectSecp256k1HdWallet.fromMnemonic(mnemonic, { prefix: ADDRESS_PREFIX, hdPaths: [stringToPath(path)] });

async function keyOf(name: string, mnemonic: string, path: string): Promise<Key> {
  const wallet = await walletOf(mnemonic, path);
  const [account] = await wallet.getAccounts();
  ensureCli(account, `key ${name} has no account`);
  return {
    name,
    address: account.address,
    signer: wallet,
    ethereumKey: async () => {
      const { account: at, index } = placeIn(path);
      const seed = await Bip39.mnemonicToSeed(new EnglishMnemonic(mnemonic));
      const ethereum = stringToPath(`m/44'/60'/${at}'/0/${index}`);
      return Slip10.derivePath(Slip10Curve.Secp256k1, seed, ethereum).privkey;
    },
  };
}

/** A mnemonic of 24 words from the operating system's entropy. */
export const newMnemonic = (): string => mnemonicOf(Random.getBytes(ENTROPY_BYTES));

/** The mnemonic of 32 bytes of entropy: for development keys that a seed determines. */
export const mnemonicOf = (entropy: Uint8Array): string => Bip39.encode(entropy).toString();

/** The mnemonic in a text in its one form. Throws CliError, which does not repeat it. */
export function checkedMnemonic(text: string): string {
  const words = text.normalize("NFKD").toLowerCase().trim().split(/\s+/);
  const what = "not a BIP-39 mnemonic of 12 or 24 English words";
  ensureCli(words.length === 12 || words.length === 24, `${what}: it has ${words.length}`);
  try {
    return new EnglishMnemonic(words.join(" ")).toString();
  } catch {
    // Its error repeats a word.
    throw new CliError(`${what}: one of them is wrong`);
  }
}

/** What a password protects besides the mnemonic: nobody can show another address or path with it. */
const contextOf = (address: string, path: string): string => `iterum key 2 ${address} ${path}`;

async function contentOf(
  { address }: Key,
  mnemonic: string,
  path: string,
  how: Protection,
): Promise<KeyFile> {
  if (how === "dev") return { kind: "dev", warning: devWarning, address, path, mnemonic };
  const sealed = await seal(mnemonic, how.password, contextOf(address, path));
  return { kind: "encrypted", address, path, sealed };
}

/** Writes a new key file, mode 0600. Throws CliError when the name is taken or the mnemonic is none. */
export async function addKey(
  folder: string,
  name: string,
  text: string,
  protection: Protection,
  path: string = DEFAULT_PATH,
): Promise<Key> {
  placeIn(path);
  const mnemonic = checkedMnemonic(text);
  const key = await keyOf(name, mnemonic, path);
  await writeKeyFile(folder, name, await contentOf(key, mnemonic, path, protection));
  return key;
}

async function mnemonicIn(content: KeyFile, name: string, askPassword: AskPassword): Promise<string> {
  if (content.kind === "dev") return content.mnemonic;
  const password = await askPassword(name);
  const wrong = `wrong password for key ${name}, or its file was changed`;
  if ("sealed" in content) {
    const found = await unseal(content.sealed, password, contextOf(content.address, content.path));
    ensureCli(found !== undefined, wrong);
    return found;
  }
  const wallet = DirectSecp256k1HdWallet.deserialize(content.wallet, password);
  return (
    await wallet.catch(() => {
      throw new CliError(wrong);
    })
  ).mnemonic;
}

/** A key with the words that it comes from. */
export interface Unlocked {
  readonly key: Key;
  readonly mnemonic: string;
}

/**
 * Unlocks what a key file says; the password is asked for only where one is needed. Throws CliError, also
 * where the file shows another address than it has.
 */
export async function unlockKey(content: KeyFile, name: string, askPassword: AskPassword): Promise<Unlocked> {
  const mnemonic = await mnemonicIn(content, name, askPassword);
  const key = await keyOf(name, mnemonic, content.path);
  ensureCli(key.address === content.address, `the file of key ${name} shows an address that is not its own`);
  return { key, mnemonic };
}

/** Unlocks a key; the password is asked for only where one is needed. Throws CliError. */
export const openKey = async (folder: string, name: string, askPassword: AskPassword): Promise<Key> =>
  (await unlockKey(await readKeyFile(folder, name), name, askPassword)).key;

/** Gives a key a new password, also one that had none, or is of an earlier version. Throws CliError. */
export async function protectKey(
  folder: string,
  name: string,
  askPassword: AskPassword,
  askNew: (name: string) => Promise<string>,
): Promise<void> {
  const content = await readKeyFile(folder, name);
  const { key, mnemonic } = await unlockKey(content, name, askPassword);
  const protection = { password: await askNew(name) };
  await replaceKeyFile(folder, name, await contentOf(key, mnemonic, content.path, protection));
}

/** The address that a name or an address stands for. Throws CliError for an unknown name. */
export async function addressOf(folder: string, who: string): Promise<string> {
  if (who.startsWith(`${ADDRESS_PREFIX}1`)) return who;
  return (await readKeyFile(folder, who)).address;
}
