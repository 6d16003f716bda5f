/**
 * What went wrong, as the client sees it:
 * `refused` the chain said no: codespace, code and log are its own, and nothing happened but perhaps a fee;
 * `unreachable` no answer from the node; `expired` the transaction can never be included any more;
 * `timeout` the deadline passed with the outcome unknown: the hash tells it later;
 * `closed` the client was closed; `badAnswer` the node answered something else than it was asked for;
 * `badInput` the call itself is wrong; `unverified` a light client did not find proven what the node said.
 */
export type ClientErrorKind =
  | "refused"
  | "unreachable"
  | "expired"
  | "timeout"
  | "closed"
  | "badAnswer"
  | "badInput"
  | "unverified";

/** Where an error belongs; each part is there when it is known. */
export interface ClientErrorFacts {
  /** The module that refused, or "sdk" for transactions as such. */
  readonly codespace?: string | undefined;
  /** Its code there, part of consensus. */
  readonly code?: number | undefined;
  /** The chain's own text, with figures. */
  readonly log?: string | undefined;
  /** SHA-256 of the transaction in upper-case hexadecimal. */
  readonly hash?: string | undefined;
  /** Those of all bytes that were signed for the same messages in one turn, where the fee was raised. */
  readonly hashes?: readonly string[] | undefined;
  /** Height of the block in which the transaction failed. */
  readonly height?: bigint | undefined;
}

/** What names an error of the chain; `codes` has them all. */
export interface ChainErrorCode {
  readonly codespace: string;
  readonly code: number;
}

/** A refusal by the chain, or a failure on the way to it. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly kind: ClientErrorKind;
  readonly codespace: string;
  readonly code: number;
  /** The chain's name of the error: its text without the figures. */
  readonly reason: string;
  readonly log: string;
  readonly hash: string | undefined;
  /** Of all bytes of which one may be included: what to ask for after a `timeout`. */
  readonly hashes: readonly string[];
  readonly height: bigint | undefined;

  constructor(kind: ClientErrorKind, message: string, facts: ClientErrorFacts = {}, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.codespace = facts.codespace ?? "";
    this.code = facts.code ?? 0;
    this.log = facts.log ?? "";
    this.reason = reasonOf(this.log);
    this.hash = facts.hash;
    this.hashes = facts.hashes ? [...facts.hashes] : facts.hash === undefined ? [] : [facts.hash];
    this.height = facts.height;
  }

  /** Whether the chain refused with this error: `error.is(codes.markets.NoOutcome)`. */
  is({ codespace, code }: ChainErrorCode): boolean {
    return this.kind === "refused" && this.codespace === codespace && this.code === code;
  }
}

/** A log is the error's fixed text, then figures in parentheses. */
function reasonOf(log: string): string {
  const figures = log.lastIndexOf(" (");
  return log.endsWith(")") && figures > 0 ? log.slice(0, figures) : log;
}

/** The refusal that a code other than zero stands for. */
export function refusal(facts: ClientErrorFacts & { readonly code: number }): ClientError {
  const { codespace = "", code, log = "" } = facts;
  return new ClientError("refused", `${codespace} ${code}: ${log}`, facts);
}

/** Any thrown value as a ClientError; one of another kind is a node that did not answer. */
export function toClientError(error: unknown): ClientError {
  if (error instanceof ClientError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ClientError("unreachable", message, {}, { cause: error });
}
