import { createRequire } from "node:module";
import { sha256 } from "#chain/bytes/hash.ts";
import { directSignBytes } from "#chain/protocol/sign-doc.ts";
import { MsgSend } from "#proto/gen/cosmos/bank.ts";
import { PubKey } from "#proto/gen/cosmos/crypto/secp256k1.ts";
import { SignMode } from "#proto/gen/cosmos/tx/signing.ts";
import { AuthInfo, TxBody, TxRaw } from "#proto/gen/cosmos/tx.ts";
import type { Person } from "../../kit/accounts.ts";
import { say } from "../../kit/chain.ts";
import { CHAIN_ID, DENOM } from "../../kit/genesis.ts";

/** Gas that a send asks for: what it uses and a tenth more, as a client that simulates it asks. */
const SEND_GAS = 90_000n;
/** Its fee in base units, at the test chain's price of a thousandth a unit of gas. */
const SEND_FEE = 90n;

interface Signing {
  ecdsaSign(digest: Uint8Array, secretKey: Uint8Array): { readonly signature: Uint8Array };
}

/** Whose transactions are signed, and the number of its account. */
export interface Sender extends Person {
  readonly number: bigint;
}

/**
 * Bank sends of one base unit with a fee, each sender paying the next: `perSender` of every one, one of each
 * after the other, so that those of one sender are far apart. Signed by libsecp256k1.
 */
export function* signedSends(senders: readonly Sender[], perSender: number): Iterable<Uint8Array> {
  const { ecdsaSign } = createRequire(import.meta.url)("secp256k1/bindings.js") as Signing;
  const bodies = senders.map(({ address: fromAddress }, i) => {
    const to = senders[(i + 1) % senders.length] as Sender;
    const amount = [{ denom: DENOM, amount: 1n }];
    const message = say(MsgSend, { fromAddress, toAddress: to.address, amount });
    return TxBody.encode({ ...TxBody.zero(), messages: [message] });
  });
  for (let sequence = 0; sequence < perSender; sequence++)
    for (const [i, { publicKey, secretKey, number }] of senders.entries()) {
      const info = {
        publicKey: say(PubKey, { key: publicKey }),
        modeInfo: { single: { mode: SignMode.SIGN_MODE_DIRECT }, multi: undefined },
        sequence: BigInt(sequence),
      };
      const amount = [{ denom: DENOM, amount: SEND_FEE }];
      const fee = { amount, gasLimit: SEND_GAS, payer: "", granter: "" };
      const authInfoBytes = AuthInfo.encode({ ...AuthInfo.zero(), signerInfos: [info], fee });
      const unsigned = { bodyBytes: bodies[i] as Uint8Array, authInfoBytes, signatures: [] };
      const { signature } = ecdsaSign(sha256(directSignBytes(unsigned, CHAIN_ID, number)), secretKey);
      yield TxRaw.encode({ ...unsigned, signatures: [signature] });
    }
}
