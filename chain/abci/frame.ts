/** Frames above this many bytes close the connection: four times a full block, or a large genesis. */
export const FRAME_BYTES_MAX = 64 * 1024 * 1024;
/** Length prefixes have at most five bytes: 2³⁵ is above every limit. */
const PREFIX_BYTES_MAX = 5;
const BUFFER_BYTES_MIN = 64 * 1024;

/** The peer sent a length that no message has; nothing after it can be understood. */
export class FrameError extends Error {
  override readonly name = "FrameError";
}

/** Cuts a stream into messages that come after their length as a varint. */
export interface FrameReader {
  /**
   * Takes the next bytes of the stream and calls `onFrame` with each message that they complete, in order. A
   * message is a view that holds until the next call. Throws FrameError on a length above the limit or longer
   * than needed; after that the stream is lost.
   */
  push(chunk: Uint8Array, onFrame: (frame: Uint8Array) => void): void;
}

/** A reader of a stream's messages; it keeps at most one unfinished message and what came in one chunk. */
export function createFrameReader(frameBytesMax = FRAME_BYTES_MAX): FrameReader {
  let buffer = new Uint8Array(BUFFER_BYTES_MIN);
  let end = 0;

  /** Appends by copying, so that single bytes of a slow peer do not each keep an array alive. */
  function append(chunk: Uint8Array): void {
    if (end + chunk.length > buffer.length) {
      const grown = new Uint8Array(Math.max(end + chunk.length, buffer.length * 2));
      grown.set(buffer.subarray(0, end));
      buffer = grown;
    }
    buffer.set(chunk, end);
    end += chunk.length;
  }

  function keepFrom(start: number): void {
    const rest = end - start;
    if (rest === 0 && buffer.length > BUFFER_BYTES_MIN) buffer = new Uint8Array(BUFFER_BYTES_MIN);
    else buffer.copyWithin(0, start, end);
    end = rest;
  }

  return {
    push(chunk, onFrame) {
      append(chunk);
      let at = 0;
      for (;;) {
        const prefix = readPrefix(buffer, at, end, frameBytesMax);
        if (prefix === undefined || prefix.bodyAt + prefix.length > end) break;
        at = prefix.bodyAt + prefix.length;
        onFrame(buffer.subarray(prefix.bodyAt, at));
      }
      if (at > 0) keepFrom(at);
    },
  };
}

/** The length at that place and where the message begins; undefined while the prefix is incomplete. */
function readPrefix(
  bytes: Uint8Array,
  at: number,
  end: number,
  frameBytesMax: number,
): { length: number; bodyAt: number } | undefined {
  let length = 0;
  let factor = 1;
  for (let i = at; i < end; i++) {
    const byte = bytes[i] as number;
    length += (byte & 0x7f) * factor;
    if (length > frameBytesMax) throw new FrameError(`frame above ${frameBytesMax} bytes`);
    if (byte < 0x80) {
      if (byte === 0 && i > at) throw new FrameError("length longer than needed");
      return { length, bodyAt: i + 1 };
    }
    if (i - at + 1 === PREFIX_BYTES_MAX) throw new FrameError("length of more than five bytes");
    factor *= 128;
  }
  return undefined;
}

/** The length prefix of a message. */
export function framePrefix(length: number): Uint8Array {
  const out: number[] = [];
  let rest = length;
  while (rest >= 0x80) {
    out.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  out.push(rest);
  return Uint8Array.from(out);
}
