import { readFile } from "node:fs/promises";
import { Command, Option } from "commander";
import { type HomeOption, homeCommand, layoutOf, wholeNumber } from "#cli/context.ts";
import { CliError, messageOf } from "#cli/errors.ts";
import {
  deleteKey,
  keyNames,
  parseKeyFile,
  readKeyFile,
  renameKey,
  writeKeyFile,
  writeSecret,
} from "#cli/home/key-file.ts";
import { addKey, addressOf, newMnemonic, openKey, pathOf, protectKey, unlockKey } from "#cli/home/keys.ts";
import { note, say } from "#cli/output.ts";
import { askMnemonic, askNewPassword, askPassword, confirm, passwordChange } from "#cli/prompt.ts";

interface PlaceOptions extends HomeOption {
  readonly account: number;
  readonly index: number;
}

interface AddOptions extends PlaceOptions {
  readonly dev?: true;
  readonly recover?: true;
}

async function add(name: string, options: AddOptions): Promise<void> {
  const mnemonic = options.recover ? await askMnemonic() : newMnemonic();
  const protection = options.dev ? "dev" : { password: await askNewPassword(name) };
  const { keys } = layoutOf(options);
  const key = await addKey(keys, name, mnemonic, protection, pathOf(options.account, options.index));
  if (options.dev) note(`development key: ${keys}/${name}.json is not encrypted`);
  else if (!options.recover) note(`write its words down: iterum keys export ${name} --mnemonic`);
  say(key.address);
}

async function importKey(name: string, file: string | undefined, options: AddOptions): Promise<void> {
  if (file === undefined) return add(name, { ...options, recover: true });
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new CliError(`cannot read ${file}: ${messageOf(cause)}`, { cause });
  });
  const content = parseKeyFile(text, file);
  // What nobody here can unlock is no use, and may show an address that is not its own.
  const { key } = await unlockKey(content, name, askPassword);
  await writeKeyFile(layoutOf(options).keys, name, content);
  say(key.address);
}

interface ExportOptions extends HomeOption {
  readonly mnemonic?: true;
  readonly yes?: true;
}

async function exportKey(name: string, file: string | undefined, options: ExportOptions): Promise<void> {
  const { keys } = layoutOf(options);
  const content = await readKeyFile(keys, name);
  let text = `${JSON.stringify(content, null, 2)}\n`;
  if (options.mnemonic) {
    await confirm(`whoever sees the words of ${name} owns its coins`, name, options.yes === true);
    text = `${(await unlockKey(content, name, askPassword)).mnemonic}\n`;
  }
  if (file === undefined) process.stdout.write(text);
  else await writeSecret(file, text, `there is something at ${file} already`);
}

async function remove(name: string, options: ExportOptions): Promise<void> {
  const { keys } = layoutOf(options);
  const { address } = await readKeyFile(keys, name);
  const what = `${address} is lost to whoever has not written its words down`;
  await confirm(what, name, options.yes === true);
  await deleteKey(keys, name);
  say(`deleted ${name}`);
}

async function changePassphrase(name: string, options: HomeOption): Promise<void> {
  const asked = passwordChange();
  await protectKey(layoutOf(options).keys, name, asked.old, asked.new);
  say(`${name} has a new password`);
}

interface ShowOptions extends HomeOption {
  readonly all?: true;
}

async function show(name: string, options: ShowOptions): Promise<void> {
  const { keys } = layoutOf(options);
  if (!options.all) return say(await addressOf(keys, name));
  const { kind, path } = await readKeyFile(keys, name);
  const { signer } = await openKey(keys, name, askPassword);
  const [account] = await signer.getAccounts();
  for (const [what, value] of [
    ["address", account?.address],
    ["public key", Buffer.from(account?.pubkey ?? []).toString("base64")],
    ["path", path],
    ["kind", kind],
  ])
    say(`${what?.padEnd(12)}${value}`);
}

async function list(options: HomeOption): Promise<void> {
  const { keys } = layoutOf(options);
  for (const name of await keyNames(keys)) {
    const { address, kind } = await readKeyFile(keys, name);
    say(`${name.padEnd(16)} ${address} ${kind}`);
  }
}

const about = `A key file holds one mnemonic, encrypted with a password (scrypt, XChaCha20-Poly1305). The
password is asked for; services find it in the file that $ITERUM_PASSWORD_FILE names (mode 0600) or in the
file descriptor of $ITERUM_PASSWORD_FD, a line each. Secrets are never arguments, which others can read.
The chain's key is m/44'/118'/account'/0/index of the mnemonic, its Ethereum key
m/44'/60'/account'/0/index: where wallets and hardware keys look for them.`;

const nameless = (name: string, description: string): Command =>
  homeCommand(name, description).argument("<name>", "name of the key: a-z, 0-9, dashes");

const NUMBER_MAX = 999_999_999;

/** `--dev`, `--account`, `--index`. */
const withPlace = (command: Command): Command =>
  command
    .option("--dev", "leave it unencrypted: for development nets only")
    .addOption(
      new Option("--account <number>", "account of the path")
        .argParser(wholeNumber(0, NUMBER_MAX))
        .default(0),
    )
    .addOption(
      new Option("--index <number>", "last number of the path")
        .argParser(wholeNumber(0, NUMBER_MAX))
        .default(0),
    );

/** `iterum keys`: makes and looks after the keys of a home. */
export const keysCommand = (): Command =>
  new Command("keys")
    .description("make and look after the keys of a home")
    .addHelpText("after", `\n${about}`)
    .addCommand(
      withPlace(nameless("add", "make a key and print its address"))
        .option("--recover", "read a mnemonic from standard input instead of making one")
        .action(add),
    )
    .addCommand(
      withPlace(nameless("import", "take in a key: a file of `keys export`, or words from standard input"))
        .argument("[file]", "file that `keys export` wrote")
        .action(importKey),
    )
    .addCommand(
      nameless("export", "write a key's file, encrypted as it is, or its words")
        .argument("[file]", "where to write it (default: standard output)")
        .option("--mnemonic", "the words instead, which nothing protects")
        .option("--yes", "do not ask whether they may be shown")
        .action(exportKey),
    )
    .addCommand(
      nameless("show", "print a key's address")
        .option("--all", "its public key and path too, for which the password is asked")
        .action(show),
    )
    .addCommand(homeCommand("list", "print names, addresses and kinds of all keys").action(list))
    .addCommand(
      nameless("rename", "give a key another name")
        .argument("<new-name>", "name that no key has")
        .action(async (name: string, to: string, options: HomeOption) => {
          await renameKey(layoutOf(options).keys, name, to);
          say(`${name} is ${to}`);
        }),
    )
    .addCommand(nameless("delete", "remove a key").option("--yes", "do not ask").action(remove))
    .addCommand(
      nameless("change-passphrase", "give a key a new password, also a development key").action(
        changePassphrase,
      ),
    );
