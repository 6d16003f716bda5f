import { Command } from "commander";
import { type HomeOption, homeCommand, layoutOf } from "#cli/context.ts";
import { addKey, addressOf, keyNames, newMnemonic, readKeyFile } from "#cli/home/keys.ts";
import { note, say } from "#cli/output.ts";
import { askMnemonic, askNewPassword } from "#cli/prompt.ts";

interface AddOptions extends HomeOption {
  readonly dev?: true;
  readonly recover?: true;
}

async function add(name: string, options: AddOptions): Promise<void> {
  const mnemonic = options.recover ? await askMnemonic() : await newMnemonic();
  const protection = options.dev ? "dev" : { password: await askNewPassword(name) };
  const { keys } = layoutOf(options);
  const key = await addKey(keys, name, mnemonic, protection);
  if (options.dev) note(`development key: ${keys}/${name}.json is not encrypted`);
  say(key.address);
}

async function show(name: string, options: HomeOption): Promise<void> {
  say(await addressOf(layoutOf(options).keys, name));
}

async function list(options: HomeOption): Promise<void> {
  const { keys } = layoutOf(options);
  for (const name of await keyNames(keys)) {
    const { address, kind } = await readKeyFile(keys, name);
    say(`${name.padEnd(16)} ${address} ${kind}`);
  }
}

const about = `A key file holds one mnemonic, encrypted with a password (Argon2id, XChaCha20-Poly1305). The
password is asked for, or read from $ITERUM_PASSWORD; secrets are never arguments, which others can read.`;

/** `iterum keys`: makes and shows the keys of a home. */
export const keysCommand = (): Command =>
  new Command("keys")
    .description("make and show the keys of a home")
    .addHelpText("after", `\n${about}`)
    .addCommand(
      homeCommand("add", "make a key and print its address")
        .argument("<name>", "name of the key: a-z, 0-9, dashes")
        .option("--dev", "leave it unencrypted: for development nets only")
        .option("--recover", "read a mnemonic from standard input instead of making one")
        .action(add),
    )
    .addCommand(
      homeCommand("show", "print a key's address").argument("<name>", "name of the key").action(show),
    )
    .addCommand(homeCommand("list", "print names, addresses and kinds of all keys").action(list));
