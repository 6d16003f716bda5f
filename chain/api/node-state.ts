import { Service } from "#proto/gen/cosmos/base/node.ts";
import { Query as Auth } from "#proto/gen/iterum/auth.ts";
import { type CometRpc, refused } from "./comet.ts";
import { hexOf, type RpcHeader, timeOf } from "./comet-json.ts";
import { type NodeCall, nodeCall } from "./node-service.ts";

interface RpcStatus {
  readonly sync_info: { readonly latest_block_height: string; readonly earliest_block_height: string };
}

/** A price in millionths of a base unit with its denom, as Cosmos SDK writes prices: `0.001uiter`. */
function priceText(micro: bigint, denom: string): string {
  const digits = micro.toString().padStart(7, "0");
  return `${digits.slice(0, -6)}.${digits.slice(-6)}000000000000${denom}`;
}

async function minimumGasPrice(comet: CometRpc): Promise<string> {
  const { path, request, response } = Auth.params;
  const { value } = await comet.query(path, request.encode({}), 0n);
  const { params } = response.decode(value);
  return params ? priceText(params.gasPriceMinMicro, params.feeDenom) : "";
}

/** The service of the node's own settings. */
export const stateCalls: readonly NodeCall[] = [
  nodeCall(Service.config, async (comet) => ({
    ...{ minimumGasPrice: await minimumGasPrice(comet), haltHeight: 0n },
    ...{ pruningKeepRecent: "", pruningInterval: "" },
  })),
  nodeCall(Service.status, async (comet) => {
    const { sync_info } = await comet.call<RpcStatus>("status").catch(refused);
    const height = sync_info.latest_block_height;
    const { header } = await comet.call<{ header: RpcHeader }>("header", { height }).catch(refused);
    return {
      earliestStoreHeight: BigInt(sync_info.earliest_block_height),
      height: BigInt(height),
      timestamp: timeOf(header.time),
      appHash: hexOf(header.app_hash),
      validatorHash: hexOf(header.validators_hash),
    };
  }),
];
