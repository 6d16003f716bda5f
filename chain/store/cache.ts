const SEGMENT_BITS = 20;
const SEGMENT_BYTES_MAX = 1 << SEGMENT_BITS;
const POSITION_MASK = SEGMENT_BYTES_MAX - 1;
/** Before a record's bytes: its state (1), its slot (4) and its length (4). */
const HEAD_BYTES = 9;
const FRESH = 0;
const USED = 1;
const DEAD = 2;
const NOTHING = 3;
/** What a record takes outside its segment, but for its name's characters: as measured in Node 24. */
const INDEX_BYTES = 100;

interface Segment {
  readonly bytes: Buffer;
  /** Where its records end. */
  end: number;
}

/** How a cache is used. */
export interface CacheUsage {
  readonly bytes: number;
  readonly hits: number;
  readonly misses: number;
}

/**
 * Bytes by name, at most about `bytesMax` of them with all it takes to find them; what was not used lately is
 * forgotten. The records lie one after the other in large segments: nothing for the garbage collector to do.
 * When all are full, the oldest one drops what was not used since it was written or since the last time, and
 * takes new records behind the rest.
 */
export class Cache {
  readonly #bytesMax: number;
  /** Up to this it takes another segment: below the bound, since segments differ in their index. */
  readonly #growMax: number;
  readonly #segmentBytes: number;
  #slots = new Map<string, number>();
  /** Of each slot: its name, and where its record lies: segment << SEGMENT_BITS | position. */
  #names: string[] = [];
  #places: number[] = [];
  #freeSlots: number[] = [];
  #segments: (Segment | undefined)[] = [];
  /** Numbers of the segments, the oldest first; the last one takes new records. */
  #ring: number[] = [];
  #nameBytes = 0;
  #hits = 0;
  #misses = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#growMax = bytesMax - (bytesMax >>> 5);
    this.#segmentBytes = Math.min(SEGMENT_BYTES_MAX, bytesMax >>> 3);
  }

  /** Bytes it takes up now. */
  get bytes(): number {
    return this.#ring.length * this.#segmentBytes + this.#slots.size * INDEX_BYTES + this.#nameBytes;
  }

  /** What it takes up now, and how its reads went since it was made. */
  get usage(): CacheUsage {
    return { bytes: this.bytes, hits: this.#hits, misses: this.#misses };
  }

  /** A copy of what lies under a name, in memory that `take` gives. */
  get(name: string, take: (bytes: number) => Buffer): Buffer | undefined {
    const slot = this.#slots.get(name);
    if (slot === undefined) {
      this.#misses++;
      return undefined;
    }
    this.#hits++;
    const place = this.#places[slot] as number;
    const { bytes } = this.#segments[place >>> SEGMENT_BITS] as Segment;
    const at = place & POSITION_MASK;
    bytes[at] = USED;
    const from = at + HEAD_BYTES;
    const copy = take(bytes.readInt32BE(at + 5));
    bytes.copy(copy, 0, from, from + copy.length);
    return copy;
  }

  /** Keeps so many bytes, which `fill` writes into the array from the position on; forgets too many. */
  set(name: string, length: number, fill: (out: Buffer, at: number) => unknown): void {
    this.delete(name);
    const whole = HEAD_BYTES + length;
    if (whole > this.#segmentBytes) return;
    const [number, { bytes, end }] = this.#roomFor(whole);
    const slot = this.#freeSlots.pop() ?? this.#names.length;
    this.#slots.set(name, slot);
    this.#names[slot] = name;
    this.#nameBytes += name.length;
    this.#places[slot] = (number << SEGMENT_BITS) | end;
    bytes[end] = FRESH;
    bytes.writeInt32BE(slot, end + 1);
    bytes.writeInt32BE(length, end + 5);
    fill(bytes, end + HEAD_BYTES);
    (this.#segments[number] as Segment).end = end + whole;
  }

  delete(name: string): void {
    const slot = this.#slots.get(name);
    if (slot === undefined) return;
    const place = this.#places[slot] as number;
    (this.#segments[place >>> SEGMENT_BITS] as Segment).bytes[place & POSITION_MASK] = DEAD;
    this.#forget(slot);
  }

  clear(): void {
    this.#slots = new Map();
    this.#names = [];
    this.#places = [];
    this.#freeSlots = [];
    this.#segments = [];
    this.#ring = [];
    this.#nameBytes = 0;
  }

  #forget(slot: number): void {
    const name = this.#names[slot] as string;
    this.#slots.delete(name);
    this.#nameBytes -= name.length;
    this.#names[slot] = "";
    this.#freeSlots.push(slot);
  }

  /** The segment that has room for a record; ends, since what was looked at once is dropped the next time. */
  #roomFor(whole: number): readonly [number, Segment] {
    for (;;) {
      const last = this.#ring.at(-1);
      const segment = last === undefined ? undefined : this.#segments[last];
      if (last === undefined || segment === undefined) this.#grow();
      else if (this.bytes > this.#bytesMax) this.#release();
      else if (segment.end + whole <= this.#segmentBytes) return [last, segment];
      else if (this.bytes * (this.#ring.length + 1) <= this.#growMax * this.#ring.length) this.#grow();
      else this.#reuse();
    }
  }

  #grow(): void {
    const hole = this.#segments.indexOf(undefined);
    const number = hole < 0 ? this.#segments.length : hole;
    this.#segments[number] = { bytes: Buffer.allocUnsafeSlow(this.#segmentBytes), end: 0 };
    this.#ring.push(number);
  }

  /** Gives the oldest segment back: the records have become smaller, and the index has grown for it. */
  #release(): void {
    const oldest = this.#ring.shift() as number;
    this.#sift(oldest, this.#segments[oldest] as Segment, NOTHING);
    this.#segments[oldest] = undefined;
  }

  /** Lets the oldest segment take new records. */
  #reuse(): void {
    const oldest = this.#ring.shift() as number;
    const segment = this.#segments[oldest] as Segment;
    segment.end = this.#sift(oldest, segment, USED);
    this.#ring.push(oldest);
  }

  /** Moves the records of one state to the front, drops the others, and gives where those end. */
  #sift(number: number, { bytes, end }: Segment, kept: number): number {
    let to = 0;
    for (let at = 0; at < end; ) {
      const slot = bytes.readInt32BE(at + 1);
      const whole = HEAD_BYTES + bytes.readInt32BE(at + 5);
      if (bytes[at] === kept) {
        bytes[at] = FRESH;
        if (to !== at) bytes.copyWithin(to, at, at + whole);
        this.#places[slot] = (number << SEGMENT_BITS) | to;
        to += whole;
      } else if (bytes[at] !== DEAD) this.#forget(slot);
      at += whole;
    }
    return to;
  }
}
