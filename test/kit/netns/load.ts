import { setTimeout as sleep } from "node:timers/promises";
import { msgSend } from "#client/bank.ts";
import { connect, type IterumClient } from "#client/connect.ts";
import { signerFromKey } from "#client/signer.ts";
import type { Person } from "../accounts.ts";
import { DENOM } from "../genesis.ts";

/** Somebody who sends through each node. */
export interface Load {
  /** Ends it; how many sends were done and how many given up. */
  stop(): Promise<{ readonly done: number; readonly failed: number }>;
}

const PAUSE_MS = 400;

/** Connects as soon as the node answers; undefined when the signal came first. */
async function reach(rpc: string, who: Person, signal: AbortSignal): Promise<IterumClient | undefined> {
  const signer = await signerFromKey(who.secretKey);
  for (; !signal.aborted; await sleep(PAUSE_MS))
    try {
      return await connect({ rpc, signer });
    } catch {
      // It is down, or not to be reached.
    }
  return undefined;
}

/** Lets each person send small sums to the next one through a node of its own, until it is stopped. */
export function startLoad(rpcUrls: readonly string[], persons: readonly Person[]): Load {
  const abort = new AbortController();
  const count = { done: 0, failed: 0 };
  const clients: IterumClient[] = [];
  const send = async (rpc: string, place: number): Promise<void> => {
    const [from, to] = [persons[place], persons[(place + 1) % persons.length]];
    if (from === undefined || to === undefined) return;
    const client = await reach(rpc, from, abort.signal);
    if (client === undefined) return;
    clients.push(client);
    while (!abort.signal.aborted) {
      const amount = [{ denom: DENOM, amount: 1n }];
      try {
        await client.send([msgSend({ fromAddress: from.address, toAddress: to.address, amount })]);
        count.done++;
      } catch {
        count.failed++;
      }
      await sleep(PAUSE_MS);
    }
  };
  const work = Promise.all(rpcUrls.map(send));
  work.catch(() => undefined);
  return {
    stop: async () => {
      abort.abort();
      // What is on its way still is not counted.
      const counted = { ...count };
      for (const client of clients) client.close();
      await work;
      return counted;
    },
  };
}
