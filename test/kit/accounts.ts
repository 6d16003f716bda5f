import { secp256k1 } from "@noble/curves/secp256k1.js";
import { sha256 } from "#chain/bytes/hash.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { remembered } from "#chain/bytes/remembered.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { publicKeyAddress } from "#chain/protocol/address.ts";
import { bindingStatement, ethereumAddress, signPersonal } from "#chain/protocol/eip191.ts";

/** Somebody with a chain key and an Ethereum key, both made from the name. */
export interface Person {
  readonly name: string;
  readonly address: string;
  readonly secretKey: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly ethereumKey: Uint8Array;
  readonly ethereumAddress: Uint8Array;
}

function personNamed(name: string): Person {
  const secretKey = sha256(utf8(`test key of ${name}`));
  const publicKey = secp256k1.getPublicKey(secretKey, true);
  const ethereumKey = sha256(utf8(`test Ethereum key of ${name}`));
  return {
    name,
    address: publicKeyAddress(publicKey),
    secretKey,
    publicKey,
    ethereumKey,
    ethereumAddress: ethereumAddress(ethereumKey),
  };
}

/** The person of that name: the same keys in every run. */
export const person = remembered<string, Person>(1_000, (name) => name, personNamed);

export const people = (...names: readonly string[]): Person[] => names.map(person);

/** What is to be bound to what. */
interface Binding {
  readonly who: Person;
  readonly chainId: string;
  readonly gameId: string;
}

const bound = remembered<Binding, Uint8Array>(
  1_000,
  ({ who, chainId, gameId }) => `${toHex(who.ethereumKey)}/${who.address}/${chainId}/${gameId}`,
  ({ who, chainId, gameId }) =>
    signPersonal(bindingStatement(chainId, gameId, who.address, who.ethereumAddress), who.ethereumKey),
);

/** The person's Ethereum signature that binds it to its entry in a game's community. */
export const binding = (who: Person, chainId: string, gameId: string): Uint8Array =>
  bound({ who, chainId, gameId });
