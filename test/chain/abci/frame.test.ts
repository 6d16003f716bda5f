import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseCall } from "#chain/abci/dispatch.ts";
import { createFrameReader, FrameError, framePrefix } from "#chain/abci/frame.ts";
import { concat } from "#chain/bytes/concat.ts";
import { DecodeError } from "#chain/proto/error.ts";

const stream = (frames: readonly Uint8Array[]): Uint8Array =>
  concat(...frames.flatMap((frame) => [framePrefix(frame.length), frame]));

/** What a reader makes of the chunks. */
function read(chunks: readonly Uint8Array[], frameBytesMax?: number): Uint8Array[] {
  const reader = createFrameReader(frameBytesMax);
  const out: Uint8Array[] = [];
  for (const chunk of chunks) reader.push(chunk, (frame) => out.push(frame.slice()));
  return out;
}

test("frames arrive whole wherever the stream is split", () => {
  const frames = [0, 1, 127, 128, 300].map((length) => new Uint8Array(length).fill(length & 255));
  const bytes = stream(frames);
  for (let i = 0; i <= bytes.length; i++)
    assert.deepEqual(read([bytes.subarray(0, i), bytes.subarray(i)]), frames);
  assert.deepEqual(read([...bytes].map((byte) => Uint8Array.of(byte))), frames);
});

test("frames arrive whole for any frames and any splits", () => {
  const frame = fc.oneof(
    fc.uint8Array({ maxLength: 5 }),
    fc.uint8Array({ minLength: 16_380, maxLength: 16_390 }),
  );
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 8 }), fc.array(fc.nat(50_000)), (frames, cuts) => {
      const bytes = stream(frames);
      const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
      const chunks = places.slice(1).map((end, i) => bytes.subarray(places[i], end));
      assert.deepEqual(read(chunks), frames);
    }),
    { numRuns: 50 },
  );
});

test("a length above the limit is refused before its bytes arrive", () => {
  const atLimit = new Uint8Array(1000);
  assert.deepEqual(read([stream([atLimit])], 1000), [atLimit]);
  assert.throws(() => read([framePrefix(1001)], 1000), FrameError);
  assert.throws(() => read([Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x7f)]), FrameError);
});

test("lengths of six bytes and more, and lengths longer than needed, are refused", () => {
  const ten = Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01);
  for (const bytes of [ten, ten.fill(0xff, 0, 9), Uint8Array.of(0x81, 0x00), Uint8Array.of(0x80, 0x80, 0x00)])
    assert.throws(() => read([...bytes].map((byte) => Uint8Array.of(byte))), FrameError);
});

test("frames before a wrong length still arrive", () => {
  const out: Uint8Array[] = [];
  const bytes = concat(stream([Uint8Array.of(1, 2)]), Uint8Array.of(0x80, 0x00));
  assert.throws(() => createFrameReader().push(bytes, (frame) => out.push(frame.slice())), FrameError);
  assert.deepEqual(out, [Uint8Array.of(1, 2)]);
});

test("no stream makes the reader or the request parser throw anything unforeseen", () => {
  const known = fc.constantFrom(0x00, 0x0a, 0x12, 0x42, 0xa2, 0x01, 0x02, 0x80, 0xff);
  const bytes = fc.uint8Array({ maxLength: 40 });
  const shaped = fc.array(known, { maxLength: 20 }).map((list) => Uint8Array.from(list));
  let understood = 0;
  fc.assert(
    fc.property(fc.array(fc.oneof(bytes, shaped), { maxLength: 6 }), (chunks) => {
      const reader = createFrameReader(1 << 16);
      try {
        for (const chunk of chunks)
          reader.push(chunk, (frame) => {
            if (parseCall(frame) !== undefined) understood++;
          });
      } catch (error) {
        assert.ok(error instanceof FrameError || error instanceof DecodeError, String(error));
      }
    }),
    { numRuns: 20_000 },
  );
  assert.ok(understood > 0);
});
