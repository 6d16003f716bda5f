import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { ensureCli } from "./errors.ts";

/** Output that shows what is asked but nothing of what is typed. */
const silent = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

/** One line from the terminal, not shown as it is typed, or from a pipe. */
async function readHidden(question: string): Promise<string> {
  const terminal = process.stdin.isTTY === true;
  if (terminal) process.stderr.write(question);
  const lines = createInterface({ input: process.stdin, output: silent(), terminal });
  try {
    for await (const line of lines) return line;
    return "";
  } finally {
    lines.close();
    if (terminal) process.stderr.write("\n");
  }
}

/** The password of a key: from ITERUM_PASSWORD, else asked for. Never an argument: others could read it. */
export async function askPassword(name: string): Promise<string> {
  const given = process.env["ITERUM_PASSWORD"];
  if (given !== undefined) return given;
  return readHidden(`Password of key ${name}: `);
}

const PASSWORD_LENGTH_MIN = 8;

/** A new password, typed twice at a terminal. */
export async function askNewPassword(name: string): Promise<string> {
  const first = await askPassword(name);
  const long = `a password has at least ${PASSWORD_LENGTH_MIN} characters`;
  ensureCli(first.length >= PASSWORD_LENGTH_MIN, long);
  if (process.stdin.isTTY && process.env["ITERUM_PASSWORD"] === undefined)
    ensureCli((await readHidden("Once more: ")) === first, "the two passwords differ");
  return first;
}

/** The mnemonic of a key to recover, from the terminal or a pipe. */
export const askMnemonic = async (): Promise<string> =>
  (await readHidden("Mnemonic (24 words): ")).trim().split(/\s+/).join(" ");
