import { ClientError } from "#client/errors.ts";
import type { SignedHeader } from "#proto/gen/tendermint/types.ts";

/**
 * Why a light client does not take what it was told:
 * `otherChain` a header of another chain; `wrongHash` not the header that is trusted; `badBlock` header,
 * commit and validators do not fit, or a signature is wrong; `tooFewSigned` not more than two thirds of the
 * validators signed; `expired` the newest trusted header is older than the trusting period; `future` a
 * header from the future; `divergence` two nodes show two headers of one height, both signed: somebody
 * attacks, and `headers` are the evidence; `unconfirmed` no witness has the header that the primary shows;
 * `stale` the newest header is older than allowed; `badProof` the proof of a value does not hold.
 */
export type LightFault =
  | "otherChain"
  | "wrongHash"
  | "badBlock"
  | "tooFewSigned"
  | "expired"
  | "future"
  | "divergence"
  | "unconfirmed"
  | "stale"
  | "badProof";

/** What a light client refuses to believe; its kind is `unverified`. */
export class LightError extends ClientError {
  readonly fault: LightFault;
  /** Of a divergence: what the primary showed, and what a witness did. */
  readonly headers: readonly [SignedHeader, SignedHeader] | undefined;

  constructor(fault: LightFault, message: string, headers?: readonly [SignedHeader, SignedHeader]) {
    super("unverified", message);
    this.fault = fault;
    this.headers = headers;
  }
}
