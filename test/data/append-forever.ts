import { writeSync } from "node:fs";
import type { CID } from "multiformats/cid";
import { decodeEvent } from "#client/ceramic/event.ts";
import { DATA_LIMITS } from "#data/limits.ts";
import { openLog } from "#data/log.ts";
import { newSession } from "../client/ceramic/kit.ts";
import { initEvent, itemData, nextEvent } from "./kit.ts";

/** Appends one event after the other to the log of argv[2] and prints each CID once its append resolved. */
const session = newSession(1, 2);
const log = await openLog(process.argv[2] as string, DATA_LIMITS);
const init = initEvent(session);
let event = init;
for (let index = 0; index < 2000; index++) {
  if (index > 0) event = nextEvent(session, init.cid, event.cid as CID, itemData(index % 4096, index % 256));
  await log.append(decodeEvent(event.car));
  writeSync(1, `${Buffer.from(event.cid.bytes).toString("hex")}\n`);
}
await log.close();
