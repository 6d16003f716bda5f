import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CID } from "multiformats/cid";
import type { RoundRef } from "#chain/protocol/round-key.ts";
import { epochId, SEAL_OVERHEAD_BYTES } from "#chain/protocol/seal.ts";
import { toMultibase } from "#client/ceramic/car.ts";
import type { Session } from "#client/ceramic/event.ts";
import { ITEM_MODEL } from "#client/ceramic/ids.ts";
import { type DataNode, type DataNodeOptions, startDataNode } from "#data/server.ts";
import { DAY_MS, ISSUED_MS } from "../client/ceramic/kit.ts";

/** The moment at which the tests' nodes live. */
export const NOW_MS = ISSUED_MS + DAY_MS;

export const roundOf = (roundId: bigint): RoundRef => ({ chainId: "iterum-1", gameId: "spam", roundId });

/** Runs with a new folder that is removed afterwards. */
export async function withFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "iterum-data-"));
  try {
    return await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const startNode = (path: string, options: Partial<DataNodeOptions> = {}): Promise<DataNode> =>
  startDataNode({ path, port: 0, clock: () => NOW_MS, ...options });

/** Runs against a new node that is stopped afterwards. */
export const withNode = <T>(
  options: Partial<DataNodeOptions>,
  run: (node: DataNode) => Promise<T>,
): Promise<T> =>
  withFolder(async (folder) => {
    const node = await startNode(folder, options);
    try {
      return await run(node);
    } finally {
      await node.close();
    }
  });

/** Data of the sealed shape whose bytes tell the items apart. */
export const itemData = (index: number, filling = index): object => ({
  contents: new Uint8Array(SEAL_OVERHEAD_BYTES + 256).fill(filling),
  index,
  label: new Uint8Array(SEAL_OVERHEAD_BYTES + 4).fill(filling),
});

export interface Written {
  readonly cid: CID;
  readonly car: Uint8Array;
}

/** The first event of the session's stream for a round. */
export const initEvent = (session: Session, roundId = 1n, data = itemData(0)): Written =>
  session.signEvent({
    kind: "init",
    controller: session.controller,
    model: ITEM_MODEL,
    unique: epochId(roundOf(roundId)),
    data,
  });

export const nextEvent = (session: Session, id: CID, prev: CID, data: object): Written =>
  session.signEvent({ kind: "data", id, prev, data });

/** A stream of `count` events for a round. */
export function streamOf(session: Session, count: number, roundId = 1n): readonly Written[] {
  const events = [initEvent(session, roundId)];
  for (let i = 1; i < count; i++) {
    const [init, last] = [events[0] as Written, events[i - 1] as Written];
    events.push(nextEvent(session, init.cid, last.cid, itemData(i)));
  }
  return events;
}

/** The fields of all answers; a test reads those of the one it asked for. */
interface Body {
  readonly code?: string;
  readonly message?: string;
  readonly events?: readonly { readonly id: string; readonly data?: string }[];
  readonly resumeToken?: string;
  readonly cid?: string;
  readonly root?: string;
  readonly aunts?: readonly string[];
}

/** Answer of the node: its status and its JSON. */
export interface Answer {
  readonly status: number;
  readonly body: Body;
}

export async function post(node: DataNode, path: string, body: unknown): Promise<Answer> {
  const headers = { "content-type": "application/json" };
  return answerOf(await fetch(`${node.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) }));
}

export const get = async (node: DataNode, path: string): Promise<Answer> =>
  answerOf(await fetch(`${node.url}${path}`));

export const postEvent = (node: DataNode, car: Uint8Array): Promise<Answer> =>
  post(node, "/ceramic/events", { data: toMultibase(car) });

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  return { status: response.status, body: text === "" ? {} : JSON.parse(text) };
}
