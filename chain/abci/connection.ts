import type { Socket } from "node:net";
import { type Call, encodeException, parseCall } from "./dispatch.ts";
import { createFrameReader, framePrefix } from "./frame.ts";

/** A connection stops being read while its unanswered requests hold this many bytes. */
const QUEUE_BYTES_MAX = 64 * 1024 * 1024;
/** A connection is not served while its peer leaves this many bytes of answers unread. */
const UNSENT_BYTES_MAX = 64 * 1024 * 1024;

/** What a connection tells its server. */
export interface ConnectionEvents {
  readonly frameBytesMax: number;
  /** There is something to do on it. */
  onWork(): void;
  /** The peer sent what is no request; the connection is being closed. */
  onProtocolError(error: unknown): void;
  onClose(): void;
}

/** One connection: requests in the order of arrival, answers in the same order. */
export interface Connection {
  /** The oldest request not yet begun; undefined when there is none or the peer does not read. */
  next(): Call | undefined;
  /** Begins the oldest request and returns the place of its answer. */
  begin(): Place;
  /** Fills in the answer of a begun request. */
  finish(place: Place, answer: Uint8Array): void;
  /** Begun requests from the oldest unanswered one on. */
  pending(): number;
  /** Sends the answers before the oldest unanswered request, in one write. */
  flush(): void;
  /** Sends an answer out of turn, after which nothing is read or written any more. */
  endWith(answer: Uint8Array): void;
  destroy(): void;
}

/** Where the answer of a begun request goes. */
export interface Place {
  answer: Uint8Array | undefined;
}

/** A request and how many bytes it came in. */
interface Queued {
  readonly call: Call;
  readonly bytes: number;
}

/** Reads requests from the socket and writes answers to it. */
export function createConnection(socket: Socket, events: ConnectionEvents): Connection {
  const frames = createFrameReader(events.frameBytesMax);
  const queue = createQueue<Queued>();
  const places = createQueue<Place>();
  let ready: Uint8Array[] = [];
  let queuedBytes = 0;
  let isEnding = false;
  /** What the peer is told, once everything before its broken request is answered. */
  let lastWords: Uint8Array | undefined;

  const connection: Connection = {
    next: () => (isEnding || socket.writableLength > UNSENT_BYTES_MAX ? undefined : queue.first()?.call),
    begin() {
      queuedBytes -= (queue.shift() as Queued).bytes;
      if (socket.isPaused() && queuedBytes < QUEUE_BYTES_MAX / 2) socket.resume();
      const place: Place = { answer: undefined };
      places.push(place);
      return place;
    },
    finish(place, answer) {
      place.answer = answer;
      for (let first = places.first(); first?.answer !== undefined; first = places.first()) {
        ready.push(framePrefix(first.answer.length), first.answer);
        places.shift();
      }
    },
    pending: () => places.size(),
    flush() {
      if (ready.length > 0 && !isEnding && socket.writable) socket.write(Buffer.concat(ready));
      ready = [];
      if (lastWords !== undefined && queue.size() === 0 && places.size() === 0) end(lastWords);
    },
    endWith(answer) {
      connection.flush();
      end(answer);
    },
    destroy: () => socket.destroy(),
  };

  function end(answer: Uint8Array): void {
    if (isEnding) return;
    isEnding = true;
    socket.end(Buffer.concat([framePrefix(answer.length), answer]));
  }

  function enqueue(frame: Uint8Array): void {
    const call = parseCall(frame);
    if (call === undefined) throw new Error("unknown request");
    queue.push({ call, bytes: frame.length });
    queuedBytes += frame.length;
  }

  socket.on("data", (chunk: Uint8Array) => {
    if (isEnding || lastWords !== undefined) return;
    try {
      frames.push(chunk, enqueue);
    } catch (error) {
      lastWords = encodeException(error instanceof Error ? error.message : "unreadable request");
      events.onProtocolError(error);
    }
    if (queuedBytes > QUEUE_BYTES_MAX) socket.pause();
    events.onWork();
  });
  socket.on("drain", () => events.onWork());
  // A reset by the peer is the end of the connection like any other; `close` follows.
  socket.on("error", () => socket.destroy());
  socket.on("close", () => {
    isEnding = true;
    events.onClose();
  });
  return connection;
}

interface Queue<T> {
  push(value: T): void;
  first(): T | undefined;
  shift(): T | undefined;
  size(): number;
}

/** First in, first out, in constant time: Array.shift moves everything behind it. */
function createQueue<T>(): Queue<T> {
  let items: T[] = [];
  let head = 0;
  return {
    push: (value) => void items.push(value),
    first: () => items[head],
    shift() {
      const value = items[head];
      if (value === undefined) return undefined;
      head++;
      if (head === items.length || head > 4096) {
        items = items.slice(head);
        head = 0;
      }
      return value;
    },
    size: () => items.length - head,
  };
}
