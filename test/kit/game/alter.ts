import type { AppState } from "#chain/kernel/genesis.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { fromJson, toJson } from "#chain/proto/json.ts";
import { GenesisState as Community } from "#proto/gen/iterum/community.ts";
import type { Person } from "../accounts.ts";

/** A change of one module's genesis. */
export const altered =
  <G>(name: string, codec: Codec<G>, change: (genesis: G) => G) =>
  (state: AppState): AppState => ({
    ...state,
    [name]: toJson(codec, change(fromJson(codec, state[name] ?? {}))),
  });

/** Leaves somebody without its Ethereum account. */
export const unbound = (who: Person): ((state: AppState) => AppState) =>
  altered("community", Community, ({ members, ...rest }) => ({
    ...rest,
    members: members.map((member) =>
      member.address === who.address
        ? { ...member, ethereumAddress: new Uint8Array(0), bindingSignature: new Uint8Array(0) }
        : member,
    ),
  }));
