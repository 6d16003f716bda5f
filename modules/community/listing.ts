import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import type { Listing } from "#proto/gen/iterum/community.ts";
import { unboundEntry } from "./entry.ts";
import { errors } from "./errors.ts";
import { members } from "./state.ts";
import { changing } from "./weight.ts";

/** Members that one message may list. */
const LISTINGS_MAX = 500;

/** Fails with (community, 14) unless it is a bounded number of addresses, each once. */
export function checkAddresses(addresses: readonly string[]): void {
  ensure(addresses.length <= LISTINGS_MAX, errors.BadListing, { members: addresses.length });
  for (const address of addresses)
    ensure(parseAddress(address), errors.BadListing, { address: address.slice(0, 80) });
  ensure(new Set(addresses).size === addresses.length, errors.BadListing, { twice: true });
}

/** Fails with (community, 14) unless every listing has a weight and each member is listed once. */
export function checkListings(listings: readonly Listing[]): void {
  checkAddresses(listings.map(({ address }) => address));
  for (const { address, weight } of listings) ensure(weight > 0n, errors.BadListing, { address, weight });
}

/** Lists members, or gives those that are listed another weight. */
export function list(ctx: WriteCtx, gameId: string, listings: readonly Listing[]): void {
  for (const { address, weight } of listings)
    changing(ctx, gameId, address, () => {
      const found = members.get(ctx, [gameId, address]) ?? unboundEntry(ctx, gameId, address, weight);
      members.set(ctx, [gameId, address], { ...found, weight });
    });
}
