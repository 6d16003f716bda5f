import { bytesKey, textKey, triple, u64Key } from "#chain/kernel/keys.ts";
import { bytesValue, keyspace } from "#chain/kernel/state.ts";
import { versions } from "#chain/kernel/versions.ts";
import { addressKey } from "#chain/protocol/address.ts";
import { Audit, Due, Setup, Template } from "#proto/gen/iterum/proofs.ts";

const HASH_BYTES = 32;

const space = keyspace("proofs");
export const setup = space.item(1, Setup);
export const templates = space.table(2, bytesKey(HASH_BYTES), Template); // templateId
export const verifiers = space.table(3, bytesKey(HASH_BYTES), bytesValue); // keccak256 → deployed bytecode
export const audits = versions(space, 4, Audit); // by game and round
export const dues = space.table(5, triple(textKey, u64Key, addressKey), Due); // (gameId, roundId, operator)
