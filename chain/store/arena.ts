const SLAB_BYTES_MIN = 1 << 14;
const SLAB_BYTES_MAX = 1 << 20;

/** Gives pieces of memory cut from a few large ones, which is cheaper than an allocation each. */
export interface Arena {
  take(bytes: number): Buffer;
}

/** An arena for one batch; its memory goes when none of its pieces is held any more. */
export function arena(): Arena {
  let slab = Buffer.alloc(0);
  let used = 0;
  let next = SLAB_BYTES_MIN;
  return {
    take(bytes) {
      if (bytes > slab.length - used) {
        next = Math.min(2 * next, SLAB_BYTES_MAX);
        slab = Buffer.allocUnsafeSlow(Math.max(next, bytes));
        used = 0;
      }
      used += bytes;
      return slab.subarray(used - bytes, used);
    },
  };
}
