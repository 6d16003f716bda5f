import type { Socket } from "node:net";
import { type Call, encodeException, parseCall } from "./dispatch.ts";
import { createFrameReader, type FrameReader, framePrefix } from "./frame.ts";
import { createQueue } from "./queue.ts";

/** A connection stops being read while its unanswered requests hold this many bytes. */
const QUEUE_BYTES_MAX = 64 * 1024 * 1024;
/** A connection is not served while its peer leaves this many bytes of answers unread. */
const UNSENT_BYTES_MAX = 64 * 1024 * 1024;

/** What a connection tells its server. */
export interface ConnectionEvents {
  readonly frameBytesMax: number;
  /** There is something to do on it. */
  onWork(connection: Connection): void;
  /** The peer sent what is no request; the connection is being closed. */
  onProtocolError(error: unknown): void;
  onClose(connection: Connection): void;
}

/** Where the answer of a begun request goes. */
export interface Place {
  answer: Uint8Array | undefined;
  /** Of the request. */
  readonly bytes: number;
}

/** A request and how many bytes it came in. */
interface Queued {
  readonly call: Call;
  readonly bytes: number;
}

/** One connection: requests in the order of arrival, answers in the same order. */
export class Connection {
  readonly #socket: Socket;
  readonly #events: ConnectionEvents;
  readonly #frames: FrameReader;
  readonly #queue = createQueue<Queued>();
  readonly #places = createQueue<Place>();
  #ready: Uint8Array[] = [];
  #queuedBytes = 0;
  #pendingBytes = 0;
  #isEnding = false;
  /** What the peer is told, once everything before its broken request is answered. */
  #lastWords: Uint8Array | undefined;

  constructor(socket: Socket, events: ConnectionEvents) {
    this.#socket = socket;
    this.#events = events;
    this.#frames = createFrameReader(events.frameBytesMax);
    socket.on("data", (chunk: Uint8Array) => this.#receive(chunk));
    socket.on("drain", () => events.onWork(this));
    // A reset by the peer is the end of the connection like any other; `close` follows.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      this.#isEnding = true;
      events.onClose(this);
    });
  }

  #receive(chunk: Uint8Array): void {
    if (this.#isEnding || this.#lastWords !== undefined) return;
    try {
      this.#frames.push(chunk, (frame) => this.#enqueue(frame));
    } catch (error) {
      this.#lastWords = encodeException(error instanceof Error ? error.message : "unreadable request");
      this.#events.onProtocolError(error);
    }
    if (this.#queuedBytes > QUEUE_BYTES_MAX) this.#socket.pause();
    this.#events.onWork(this);
  }

  #enqueue(frame: Uint8Array): void {
    const call = parseCall(frame);
    if (call === undefined) throw new Error("unknown request");
    this.#queue.push({ call, bytes: frame.length });
    this.#queuedBytes += frame.length;
  }

  /** The oldest request not yet begun; undefined when there is none or the peer does not read. */
  next(): Call | undefined {
    if (this.#isEnding || this.#socket.writableLength > UNSENT_BYTES_MAX) return undefined;
    return this.#queue.first()?.call;
  }

  /** Begins the oldest request and returns the place of its answer. */
  begin(): Place {
    const { bytes } = this.#queue.shift() as Queued;
    this.#queuedBytes -= bytes;
    this.#pendingBytes += bytes;
    if (this.#socket.isPaused() && this.#queuedBytes < QUEUE_BYTES_MAX / 2) this.#socket.resume();
    const place: Place = { answer: undefined, bytes };
    this.#places.push(place);
    return place;
  }

  /** Fills in the answer of a begun request. */
  finish(place: Place, answer: Uint8Array): void {
    place.answer = answer;
    for (let first = this.#places.first(); first?.answer !== undefined; first = this.#places.first()) {
      this.#ready.push(framePrefix(first.answer.length), first.answer);
      this.#places.shift();
      this.#pendingBytes -= first.bytes;
    }
  }

  /** Begun requests from the oldest unanswered one on. */
  pending(): number {
    return this.#places.size();
  }

  /** Their bytes. */
  pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Sends the answers before the oldest unanswered request, in one write. */
  flush(): void {
    if (this.#ready.length > 0 && !this.#isEnding && this.#socket.writable)
      this.#socket.write(Buffer.concat(this.#ready));
    this.#ready = [];
    if (this.#lastWords !== undefined && this.#queue.size() === 0 && this.#places.size() === 0)
      this.#end(this.#lastWords);
  }

  /** Sends an answer out of turn, after which nothing is read or written any more. */
  endWith(answer: Uint8Array): void {
    this.flush();
    this.#end(answer);
  }

  #end(answer: Uint8Array): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#socket.end(Buffer.concat([framePrefix(answer.length), answer]));
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
