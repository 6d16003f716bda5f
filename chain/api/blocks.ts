import { toConsensusAddress } from "#chain/protocol/operator.ts";
import type { PageRequest } from "#proto/gen/cosmos/base/query.ts";
import type {
  GetBlockByHeightResponse,
  GetNodeInfoResponse,
  GetValidatorSetByHeightResponse,
  Validator,
} from "#proto/gen/cosmos/base/tendermint.ts";
import { type ABCIQueryResponse, Service } from "#proto/gen/cosmos/base/tendermint.ts";
import { PubKey } from "#proto/gen/cosmos/crypto/ed25519.ts";
import type { Any } from "#proto/gen/google/protobuf.ts";
import { type CometRpc, refused } from "./comet.ts";
import { base64Of, blockIdOf, blockOf, hexOf, type RpcBlock, type RpcValidator } from "./comet-json.ts";
import { ApiError } from "./errors.ts";
import { type NodeCall, nodeCall } from "./node-service.ts";

/** What CometBFT gives of validators at once. */
const VALIDATORS_MAX = 100n;
/** The SDK whose wire types are spoken here: wallets look for features by it. */
const COSMOS_SDK_VERSION = "v0.50.0";

interface RpcStatus {
  readonly node_info: {
    readonly protocol_version: { readonly p2p: string; readonly block: string; readonly app: string };
    readonly id: string;
    readonly listen_addr: string;
    readonly network: string;
    readonly version: string;
    readonly channels: string;
    readonly moniker: string;
    readonly other: { readonly tx_index: string; readonly rpc_address: string };
  };
  readonly sync_info: { readonly catching_up: boolean };
}

async function nodeInfo(comet: CometRpc): Promise<GetNodeInfoResponse> {
  const { node_info: node } = await comet.call<RpcStatus>("status").catch(refused);
  const { response } = await comet.call<{ response: { version?: string } }>("abci_info").catch(refused);
  const { p2p, block, app } = node.protocol_version;
  return {
    defaultNodeInfo: {
      protocolVersion: { p2p: BigInt(p2p), block: BigInt(block), app: BigInt(app) },
      defaultNodeId: node.id,
      listenAddr: node.listen_addr,
      network: node.network,
      version: node.version,
      channels: hexOf(node.channels),
      moniker: node.moniker,
      other: { txIndex: node.other.tx_index, rpcAddress: node.other.rpc_address },
    },
    applicationVersion: {
      ...{ name: "iterum", appName: "iterum", version: response.version ?? "" },
      ...{ gitCommit: "", buildTags: "", goVersion: "", buildDeps: [] },
      cosmosSdkVersion: COSMOS_SDK_VERSION,
    },
  };
}

async function block(comet: CometRpc, height: bigint | undefined): Promise<GetBlockByHeightResponse> {
  const params = height === undefined ? {} : { height: String(height) };
  const found = await comet.call<RpcBlock>("block", params).catch(refused);
  const { header, ...rest } = blockOf(found.block);
  const proposerAddress = toConsensusAddress(hexOf(found.block.header.proposer_address));
  return {
    blockId: blockIdOf(found.block_id),
    block: { header, ...rest },
    sdkBlock: { header: header && { ...header, proposerAddress }, ...rest },
  };
}

function keyOf({ type, value }: RpcValidator["pub_key"]): Any | undefined {
  if (type !== "tendermint/PubKeyEd25519") return undefined;
  return { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key: base64Of(value) }) };
}

const validatorOf = (validator: RpcValidator): Validator => ({
  address: toConsensusAddress(hexOf(validator.address)),
  pubKey: keyOf(validator.pub_key),
  votingPower: BigInt(validator.voting_power),
  proposerPriority: BigInt(validator.proposer_priority ?? "0"),
});

interface RpcValidators {
  readonly block_height: string;
  readonly validators: readonly RpcValidator[];
  readonly total: string;
}

async function validators(
  comet: CometRpc,
  height: bigint | undefined,
  pagination: PageRequest | undefined,
): Promise<GetValidatorSetByHeightResponse> {
  const { offset = 0n, limit = 0n } = pagination ?? {};
  const most = limit === 0n || limit > VALIDATORS_MAX ? VALIDATORS_MAX : limit;
  const paging = { page: String(offset / most + 1n), per_page: String(most) };
  const params = height === undefined ? paging : { height: String(height), ...paging };
  const found = await comet.call<RpcValidators>("validators", params).catch(refused);
  return {
    blockHeight: BigInt(found.block_height),
    validators: found.validators.map(validatorOf),
    pagination: { nextKey: new Uint8Array(0), total: BigInt(found.total) },
  };
}

/** Blocks that there can be none of are no business of CometBFT, which takes 0 for the latest. */
function ensureHeight(height: bigint): bigint {
  if (height > 0n) return height;
  throw new ApiError("invalidArgument", "a height is 1 or more");
}

async function queryState(
  comet: CometRpc,
  { data, path, height, prove }: { data: Uint8Array; path: string; height: bigint; prove: boolean },
): Promise<ABCIQueryResponse> {
  const asked = { path, data: Buffer.from(data).toString("hex"), height: String(height), prove };
  const { response } = await comet.call<{ response: RpcQuery }>("abci_query", asked).catch(refused);
  return {
    code: response.code ?? 0,
    log: response.log ?? "",
    info: response.info ?? "",
    index: BigInt(response.index ?? "0"),
    key: base64Of(response.key),
    value: base64Of(response.value),
    proofOps: response.proofOps
      ? {
          ops: (response.proofOps.ops ?? []).map((op) => ({
            ...{ type: op.type, key: base64Of(op.key), data: base64Of(op.data) },
          })),
        }
      : undefined,
    height: BigInt(response.height ?? "0"),
    codespace: response.codespace ?? "",
  };
}

interface RpcQuery {
  readonly code?: number;
  readonly log?: string;
  readonly info?: string;
  readonly index?: string;
  readonly key?: string | null;
  readonly value?: string | null;
  readonly height?: string;
  readonly codespace?: string;
  readonly proofOps?: {
    readonly ops?: readonly { readonly type: string; readonly key: string; readonly data: string }[];
  } | null;
}

/** The service of the node and its blocks. */
export const blockCalls: readonly NodeCall[] = [
  nodeCall(Service.getNodeInfo, nodeInfo),
  nodeCall(Service.getSyncing, async (comet) => {
    const { sync_info } = await comet.call<RpcStatus>("status").catch(refused);
    return { syncing: sync_info.catching_up };
  }),
  nodeCall(Service.getLatestBlock, (comet) => block(comet, undefined)),
  nodeCall(Service.getBlockByHeight, async (comet, { height }) => block(comet, ensureHeight(height))),
  nodeCall(Service.getLatestValidatorSet, (comet, { pagination }) =>
    validators(comet, undefined, pagination),
  ),
  nodeCall(Service.getValidatorSetByHeight, async (comet, { height, pagination }) =>
    validators(comet, ensureHeight(height), pagination),
  ),
  nodeCall(Service.aBCIQuery, queryState),
];
