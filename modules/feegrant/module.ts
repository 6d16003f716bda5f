import { ensure } from "#chain/kernel/error.ts";
import { defineModule, messages, queries } from "#chain/kernel/module.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import { GenesisState, type Grant, Msg, Query } from "#proto/gen/cosmos/feegrant.ts";
import { ensureAllowance, readAllowance } from "./allowance.ts";
import { find, put } from "./api.ts";
import { errors } from "./errors.ts";
import { forgetExpired } from "./forget-expired.ts";
import { grantAllowance } from "./grant-allowance.ts";
import { endsAreNoted } from "./invariants.ts";
import { answers } from "./queries.ts";
import { revokeAllowance } from "./revoke-allowance.ts";
import { grants } from "./state.ts";

function ensureSound({ granter, grantee, allowance }: Grant): void {
  const apart = parseAddress(granter) && parseAddress(grantee) && granter !== grantee;
  ensure(apart && allowance, errors.BadGenesis, { granter, grantee });
  ensureAllowance(readAllowance(allowance));
}

export const feegrantModule = defineModule({
  name: "feegrant",
  version: 1,
  messages: messages(Msg, { grantAllowance, revokeAllowance }),
  queries: queries(Query, answers),
  invariants: [endsAreNoted],
  genesis: {
    codec: GenesisState,
    init: (ctx, { allowances }) => {
      for (const grant of allowances) {
        ensureSound(grant);
        const { granter, grantee } = grant;
        ensure(!find(ctx, granter, grantee), errors.BadGenesis, { granter, grantee });
        put(ctx, grant);
      }
    },
    dump: (ctx) => ({ allowances: [...grants.all(ctx)].map(([, grant]) => grant) }),
  },
  beginBlock: forgetExpired,
});
