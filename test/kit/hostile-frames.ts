import { framePrefix } from "#chain/abci/frame.ts";
import { homePaths } from "#chain/node/config.ts";
import { connectPeer, frameOf, inFolder, kindOf, type Peer } from "#test/chain/abci/kit.ts";
import { type Random, randomOf } from "#trainer/random.ts";
import { people } from "./accounts.ts";
import { Consensus } from "./consensus.ts";
import { type EchoReport, startEchoes } from "./echoes.ts";
import { startApp } from "./node.ts";

const bytes = (random: Random, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => random.below(256));

/** What a peer may send that is no frame, or a frame that is no request. Each ends its connection. */
const BROKEN: readonly ((random: Random) => Uint8Array)[] = [
  // Lengths of ten bytes, of five that are too large, and one byte longer than needed.
  () => Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
  (random) => Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x08 + random.below(8)),
  (random) => Uint8Array.of(0x80 + random.below(128), 0x00, 0x0a),
  // A frame of nothing, a oneof that no method has, and a length inside that goes past the frame.
  () => Uint8Array.of(0),
  (random) => Uint8Array.of(3, 0x80 | ((23 + random.below(8)) << 3) | 2, 0x07, 0x00),
  (random) => Uint8Array.of(2 + random.below(2), 0x0a, 5 + random.below(100), 1),
  // Groups and wire types that do not exist.
  (random) => Uint8Array.of(1, (1 << 3) | (3 + random.below(5))),
  (random) => {
    const text = `GET /${"x".repeat(100 + random.below(300))} HTTP/1.1\r\n\r\n`;
    return new Uint8Array(Buffer.from(text));
  },
];

/** Requests in good form with wild content: they are answered. */
const WILD: readonly ((random: Random) => Uint8Array)[] = [
  (random) => frameOf({ checkTx: { tx: bytes(random, random.below(400)), type: 0 } }),
  (random) =>
    frameOf({
      query: { path: "/x".repeat(random.below(50)), data: bytes(random, 40), height: 0n, prove: false },
    }),
  (random) => frameOf({ insertTx: { tx: bytes(random, random.below(400)) } }),
  (random) => frameOf({ echo: { message: "e".repeat(random.below(3_000)) } }),
];

/** What became of hostile frames. */
export interface FrameReport {
  readonly broken: number;
  readonly answered: number;
  /** Of another connection meanwhile. */
  readonly echoes: EchoReport;
}

async function writeSplit(peer: Peer, sent: Uint8Array, random: Random): Promise<void> {
  for (let at = 0; at < sent.length; ) {
    const end = Math.min(sent.length, at + 1 + random.below(8));
    peer.socket.write(sent.subarray(at, end));
    at = end;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** One connection: some requests, then what is none; the server must answer the first and end at the last. */
async function attack(address: string, random: Random): Promise<number> {
  const peer = await connectPeer(address);
  try {
    const wild = Array.from({ length: random.below(4) }, () => WILD[random.below(WILD.length)]?.(random));
    const broken = BROKEN[random.below(BROKEN.length)]?.(random) ?? new Uint8Array();
    const sent = Buffer.concat([...wild.flatMap((frame) => frame ?? []), broken]);
    if (random.below(4) === 0) await writeSplit(peer, sent, random);
    else peer.socket.write(sent);
    if (random.below(10) === 0) return 0; // Gone before the answers.
    const answers = await peer.receive(wild.length + 1);
    if (kindOf(answers.at(-1)) !== "exception")
      throw new Error(`what is no request was answered: ${Buffer.from(broken).toString("hex")}`);
    if (answers.slice(0, -1).some((answer) => kindOf(answer) === "exception"))
      throw new Error("a request was answered by an exception");
    await peer.ended();
    return wild.length;
  } finally {
    peer.close();
  }
}

/** Frames that are cut off: a prefix without its message, then the end. */
async function cutOff(address: string, random: Random): Promise<void> {
  const peer = await connectPeer(address);
  const frame = frameOf({ echo: { message: "cut" } });
  peer.socket.write(
    random.below(2) === 0 ? frame.subarray(0, frame.length - 1) : framePrefix(1 + random.below(1 << 20)),
  );
  peer.close();
}

/**
 * Sends so many broken frames to an app's process while another connection goes on with blocks and a third,
 * of another process, with echoes; the app must answer all, and then have the state of an undisturbed one.
 */
export const attackFrames = (seed: string, count: number): Promise<FrameReport> =>
  inFolder(async (home) => {
    const random = randomOf(seed);
    const consensus = new Consensus({ members: people("m1"), others: people("ann") }, "no beacon");
    const app = await startApp(home);
    const address = `unix://${homePaths(home).socket}`;
    const good = await connectPeer(address);
    let answered = 0;
    try {
      await consensus.handshake(good);
      await consensus.advance(good, []);
      const echoing = await startEchoes({ address, pid: app.pid });
      for (let i = 0; i < count; i++) {
        answered += await attack(address, random);
        if (i % 8 === 0) await cutOff(address, random);
        if (i % 1_000 === 999) await consensus.advance(good, []);
      }
      const echoes = await echoing.stop();
      await consensus.advance(good, []);
      return { broken: count, answered, echoes };
    } finally {
      good.close();
      await app.stop(10_000);
    }
  });
