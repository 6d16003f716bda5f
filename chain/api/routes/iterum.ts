import type { Rpc } from "#chain/proto/codec.ts";
import { Query as Auth } from "#proto/gen/iterum/auth.ts";
import { Query as Commitments } from "#proto/gen/iterum/commitments.ts";
import { Query as Community } from "#proto/gen/iterum/community.ts";
import { Query as Elections } from "#proto/gen/iterum/elections.ts";
import { Query as Games } from "#proto/gen/iterum/games.ts";
import { Query as Gov } from "#proto/gen/iterum/gov.ts";
import { Query as Markets } from "#proto/gen/iterum/markets.ts";
import { Query as Proofs } from "#proto/gen/iterum/proofs.ts";
import { Query as Rewards } from "#proto/gen/iterum/rewards.ts";
import { Query as Rounds } from "#proto/gen/iterum/rounds.ts";
import { Query as Treasury } from "#proto/gen/iterum/treasury.ts";
import { Query as Upgrade } from "#proto/gen/iterum/upgrade.ts";
import { Query as Vesting } from "#proto/gen/iterum/vesting.ts";
import { get, type Route } from "../route.ts";

const services = [
  ...[Auth, Commitments, Community, Elections, Games, Gov],
  ...[Markets, Proofs, Rewards, Rounds, Treasury, Upgrade, Vesting],
] as readonly Readonly<Record<string, Rpc<unknown, unknown>>>[];

/** `/iterum.markets.v1.Query/MarketRule` is at `/iterum/markets/v1/market_rule`. */
function pathOf(rpc: Rpc<unknown, unknown>): string {
  const [, service = "", name = ""] = rpc.path.split("/");
  const folder = service.replace(/\.Query$/, "").replaceAll(".", "/");
  return `/${folder}/${name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase()}`;
}

/** A route for each query of this chain's own modules; all fields of the request come in the query. */
export const iterumRoutes: readonly Route[] = services
  .flatMap((service) => Object.values(service))
  .map((rpc) => get(pathOf(rpc), rpc));
