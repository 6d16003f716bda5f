import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { fromUtf8 } from "#chain/bytes/utf8.ts";
import { CliError, ensureCli, exitCodes } from "./errors.ts";
import { readSecretFile } from "./home/layout.ts";

/** Output that shows what is asked but nothing of what is typed. */
const silent = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

/** One line from the terminal, not shown as it is typed, or from a pipe. Ctrl-C ends the program. */
async function readHidden(question: string): Promise<string> {
  const terminal = process.stdin.isTTY === true;
  if (terminal) process.stderr.write(question);
  const lines = createInterface({ input: process.stdin, output: silent(), terminal });
  try {
    return await new Promise((resolve, reject) => {
      lines.once("line", resolve);
      lines.once("SIGINT", () => reject(new CliError("interrupted", { exitCode: exitCodes.interrupted })));
      lines.once("close", () => resolve(""));
    });
  } finally {
    lines.close();
    if (terminal) process.stderr.write("\n");
  }
}

/** One line from the terminal, shown as it is typed, or from a pipe. */
async function readShown(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise((resolve) => {
      lines.question(question, resolve);
      lines.once("close", () => resolve(""));
    });
  } finally {
    lines.close();
  }
}

/**
 * The lines of passwords that services are given: ITERUM_PASSWORD_FILE names a file of mode 0600,
 * ITERUM_PASSWORD_FD a file descriptor that the starter has opened. ITERUM_PASSWORD is the password itself,
 * for tests and development: others may see the environment of a process.
 */
async function givenLines(): Promise<readonly string[] | undefined> {
  const { ITERUM_PASSWORD: plain, ITERUM_PASSWORD_FILE: file, ITERUM_PASSWORD_FD: fd } = process.env;
  if (file !== undefined) return fromUtf8(await readSecretFile(file)).split(/\r?\n/);
  if (plain !== undefined) return [plain];
  if (fd === undefined) return undefined;
  ensureCli(/^(?:[3-9]|[1-9][0-9]{1,3})$/.test(fd), "ITERUM_PASSWORD_FD is the number of a file descriptor");
  try {
    return readFileSync(Number(fd), "utf8").split(/\r?\n/);
  } catch (cause) {
    throw new CliError(`cannot read the password from file descriptor ${fd}`, { cause });
  }
}

const PASSWORD_LENGTH_MIN = 8;

function longEnough(password: string): string {
  const long = `a password has at least ${PASSWORD_LENGTH_MIN} characters`;
  ensureCli(password.length >= PASSWORD_LENGTH_MIN, long);
  return password;
}

/**
 * The password of a key: given to a service, else asked for. Never an argument: others could read it.
 */
export async function askPassword(name: string): Promise<string> {
  return (await givenLines())?.[0] ?? readHidden(`Password of key ${name}: `);
}

async function askTwice(question: string): Promise<string> {
  const first = longEnough(await readHidden(question));
  if (process.stdin.isTTY) ensureCli((await readHidden("Once more: ")) === first, "the two passwords differ");
  return first;
}

/** A new password: given to a service, else typed twice at a terminal. */
export async function askNewPassword(name: string): Promise<string> {
  const given = (await givenLines())?.[0];
  return given === undefined ? askTwice(`Password of key ${name}: `) : longEnough(given);
}

/** The old and the new password of a key; where they are given, the second line is the new one. */
export function passwordChange(): {
  readonly old: (name: string) => Promise<string>;
  readonly new: (name: string) => Promise<string>;
} {
  // A file descriptor can be read once.
  let lines: Promise<readonly string[] | undefined> | undefined;
  const given = (): Promise<readonly string[] | undefined> => {
    lines ??= givenLines();
    return lines;
  };
  return {
    old: async (name) => (await given())?.[0] ?? readHidden(`Password of key ${name}: `),
    new: async (name) => {
      const all = await given();
      return all === undefined ? askTwice(`New password of key ${name}: `) : longEnough(all[1] ?? "");
    },
  };
}

/** The mnemonic of a key to recover, from the terminal or a pipe. */
export const askMnemonic = (): Promise<string> => readHidden("Mnemonic (12 or 24 words): ");

/** Throws CliError unless the user repeats a word at a terminal, or has said so by an option. */
export async function confirm(what: string, word: string, isSaid: boolean): Promise<void> {
  if (isSaid) return;
  ensureCli(process.stdin.isTTY, `${what}: say --yes`);
  const answer = await readShown(`${what}: type ${word} to go on: `);
  ensureCli(answer.trim() === word, "nothing was done");
}
