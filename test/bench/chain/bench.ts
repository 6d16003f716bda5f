import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as auth from "#modules/auth/api.ts";
import type { GenesisChoice } from "../../kit/genesis.ts";
import { withApp } from "../app.ts";
import { withFolder } from "../measure.ts";
import { sendersGenesis } from "../signed-sends.ts";
import { type ChainFigures, type Load, runChain } from "./run.ts";
import { signedSends } from "./transactions.ts";

/** How much is sent, and how. */
export interface Options extends Pick<Load, "indexer" | "timeoutCommitMs" | "appEnv"> {
  readonly accounts: number;
  readonly perAccount: number;
}

/** The chain's speed beside what the bridge alone can do in the same run. */
export interface SpeedFigures {
  readonly chain: ChainFigures;
  readonly ceiling?: ChainFigures;
}

/** Signs the transactions into a file, each after its length; returns how many there are. */
async function signInto(file: string, choice: GenesisChoice, perAccount: number): Promise<number> {
  const senders = await withApp(choice, "unsigned", async ({ app }) =>
    choice.others.map((sender) => {
      const account = app.read((ctx) => auth.account(ctx, sender.address));
      if (!account) throw new Error(`${sender.name} has no account`);
      return { ...sender, number: account.number };
    }),
  );
  const parts: Buffer[] = [];
  for (const tx of signedSends(senders, perAccount)) {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(tx.length);
    parts.push(length, Buffer.from(tx));
  }
  await writeFile(file, Buffer.concat(parts));
  return parts.length / 2;
}

/** Sends the same transactions to a chain and, where it is wanted, to the ceiling. */
export function benchSpeed(
  { accounts, perAccount, ...options }: Options,
  say: (what: string) => void,
  withCeiling = true,
): Promise<SpeedFigures> {
  return withFolder(async (folder) => {
    const choice = sendersGenesis(accounts);
    const file = join(folder, "transactions");
    say(`signing ${accounts * perAccount} transactions`);
    const txs = await signInto(file, choice, perAccount);
    const load = { ...options, choice, file, txs };
    if (withCeiling) say("the ceiling: decoding and signatures alone");
    const ceiling = withCeiling ? { ceiling: await runChain("ceiling", load) } : {};
    say("the chain");
    return { chain: await runChain("app", load), ...ceiling };
  });
}
