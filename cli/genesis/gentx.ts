import { fromHex, toHex } from "#chain/bytes/hex.ts";
import type { Json } from "#chain/proto/json.ts";
import { consensusAddress, parseOperator } from "#chain/protocol/operator.ts";
import { CliError, ensureCli, messageOf } from "#cli/errors.ts";
import { jsonOf } from "#cli/files.ts";
import type { Key } from "#cli/home/keys.ts";
import { encodeMessage } from "#client/registry.ts";
import { accountOf } from "#client/sign.ts";
import { msgCreateValidator } from "#client/staking.ts";
import { PubKey } from "#proto/gen/cosmos/crypto/ed25519.ts";
import { MsgCreateValidator } from "#proto/gen/cosmos/staking.ts";
import { TxBody, TxRaw } from "#proto/gen/cosmos/tx.ts";
import type { BeaconKey } from "#proto/gen/iterum/elections.ts";

// What a party of a launch hands to whoever puts the genesis together.

/** A founder's part of a genesis. */
export interface Gentx {
  readonly chainId: string;
  /** The account that runs the validator. */
  readonly operator: string;
  readonly message: MsgCreateValidator;
  /** The signed transaction. */
  readonly transaction: Uint8Array;
  /** Consensus key, 32 bytes. */
  readonly consensusKey: Uint8Array;
  readonly beaconKey: BeaconKey;
  /** Where its node is reached, as CometBFT writes it; "" where nobody needs to know. */
  readonly peer: string;
}

/** Base units that make one of power. */
const POWER_UNITS = 1_000_000n;

/** Signs what makes a validator as a chain's genesis takes it: with account number and sequence 0. */
export async function signGentx(key: Key, chainId: string, message: MsgCreateValidator): Promise<Uint8Array> {
  const account = await accountOf(key.signer);
  return account.sign({
    ...{ messages: [encodeMessage(msgCreateValidator(message))], memo: "", timeoutHeight: 0n, chainId },
    ...{ accountNumber: 0n, sequence: 0n },
    fee: { amount: [], gasLimit: 1_000_000n, payer: "", granter: "" },
  });
}

/** The file of a founder's part. */
export const gentxJson = ({ chainId, transaction, beaconKey, peer }: Omit<Gentx, "message">): Json => ({
  chainId,
  transaction: Buffer.from(transaction).toString("base64"),
  beaconKey: { publicKey: toHex(beaconKey.publicKey), possession: toHex(beaconKey.possession) },
  peer,
});

interface GentxFile {
  readonly chainId: string;
  readonly transaction: string;
  readonly beaconKey: { readonly publicKey: string; readonly possession: string };
  readonly peer: string;
}

/** Reads the file of a founder's part; its signature is the chain's to verify. Throws CliError. */
export async function readGentx(file: string): Promise<Gentx> {
  const given = (await jsonOf(file)) as unknown as GentxFile;
  try {
    const transaction = new Uint8Array(Buffer.from(given.transaction, "base64"));
    const [any, ...more] = TxBody.decode(TxRaw.decode(transaction).bodyBytes).messages;
    if (any?.typeUrl !== MsgCreateValidator.typeUrl || more.length > 0)
      throw new CliError("its transaction makes no validator, or does more");
    const message = MsgCreateValidator.decode(any.value);
    const operator = parseOperator(message.validatorAddress);
    if (!operator || !message.pubkey) throw new CliError("it names no operator or no key");
    const { key: consensusKey } = PubKey.decode(message.pubkey.value);
    const beaconKey = {
      validator: consensusAddress(consensusKey),
      publicKey: fromHex(given.beaconKey.publicKey),
      possession: fromHex(given.beaconKey.possession),
    };
    const { chainId, peer = "" } = given;
    return { chainId, operator, message, transaction, consensusKey, beaconKey, peer };
  } catch (cause) {
    throw new CliError(`${file} is no founder's part of a genesis: ${messageOf(cause)}`, { cause });
  }
}

/** A founder's validator as CometBFT's genesis lists it. */
export function cometValidator({ consensusKey, message }: Gentx): Json {
  const power = (message.value?.amount ?? 0n) / POWER_UNITS;
  ensureCli(power > 0n, `${message.description?.moniker}: the stake is less than one of power`);
  return {
    address: toHex(consensusAddress(consensusKey)).toUpperCase(),
    pub_key: { type: "tendermint/PubKeyEd25519", value: Buffer.from(consensusKey).toString("base64") },
    power: `${power}`,
    name: message.description?.moniker ?? "",
  };
}
