import { randomBytes, timingSafeEqual } from "node:crypto";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "#chain/bytes/hash.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { ensure } from "./errors.ts";

const namePattern = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;
const tokenPattern = /^[0-9a-f]{64}$/;

/** Where a client's token lies, in a prover's home. */
export const tokenFile = (home: string, client: string): string => join(home, "tokens", client);

/**
 * Reads a client's token, making one at the first start. Throws ProverError unauthorized when others than
 * its owner may read the file, invalid_request on a bad name or content.
 */
export async function openToken(home: string, client: string): Promise<string> {
  ensure(namePattern.test(client), "invalid_request", `not a client's name: ${client}`);
  await mkdir(join(home, "tokens"), { recursive: true, mode: 0o700 });
  const path = tokenFile(home, client);
  await writeFile(path, randomBytes(32).toString("hex"), { mode: 0o600, flag: "wx" }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    },
  );
  return readToken(path);
}

/** Reads a token file, for a client. Throws like openToken. */
export async function readToken(path: string): Promise<string> {
  const { mode } = await stat(path);
  ensure((mode & 0o077) === 0, "unauthorized", `others may read ${path}: chmod 600 it`);
  const token = (await readFile(path, "utf8")).trim();
  ensure(tokenPattern.test(token), "invalid_request", `${path} holds no token`);
  return token;
}

/** The client whose token an Authorization header carries; undefined when none. Compares in constant time. */
export function clientOf(
  header: string | undefined,
  tokens: ReadonlyMap<string, string>,
): string | undefined {
  const given = sha256(utf8(header?.startsWith("Bearer ") ? header.slice(7) : ""));
  let found: string | undefined;
  for (const [client, token] of tokens) if (timingSafeEqual(sha256(utf8(token)), given)) found = client;
  return found;
}
