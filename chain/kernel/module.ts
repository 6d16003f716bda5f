import { toHex } from "#chain/bytes/hex.ts";
import type { Codec, Rpc } from "#chain/proto/codec.ts";
import type { Hook, ReadCtx, WriteCtx } from "./ctx.ts";
import type { DueProof } from "./proof.ts";

/**
 * What a message does. `check` sees no state, so it also runs before the transaction costs anybody anything.
 */
export interface Handler<Req, Res> {
  /** The bech32 address that must have signed. */
  signer(msg: Req): string;
  check?(msg: Req): void;
  /**
   * For a message that governance alone sends, in whose name its first field `authority` says: the game whose
   * community decides on it, or "" for the chain's council. No transaction may carry such a message.
   */
  electorate?(msg: Req): string;
  /** The proof that must be judged before the block begins; throws where state already refuses it. */
  proof?(ctx: ReadCtx, msg: Req): DueProof;
  /** Names the debt that the proof is to pay, of which one waits in a mempool at a time. */
  debt?(msg: Req): string;
  run(ctx: WriteCtx, msg: Req): Res;
}

/** A handler with the codecs of its message, types erased. */
export interface Message {
  readonly typeUrl: string;
  readonly request: Codec<unknown>;
  readonly response: Codec<unknown>;
  readonly handler: Handler<unknown, unknown>;
}

type RequestOf<R> = R extends Rpc<infer Req, infer _Res> ? Req : never;
type ResponseOf<R> = R extends Rpc<infer _Req, infer Res> ? Res : never;

export type Handlers<S> = { readonly [K in keyof S]: Handler<RequestOf<S[K]>, ResponseOf<S[K]>> };
export type Answers<S> = {
  readonly [K in keyof S]: (ctx: ReadCtx, request: RequestOf<S[K]>) => ResponseOf<S[K]>;
};

/** Every message of a service with its handler; does not compile when one is missing. */
export function messages<S extends Readonly<Record<string, unknown>>>(
  service: S,
  handlers: Handlers<S>,
): readonly Message[] {
  return Object.keys(service).map((name) => {
    const rpc = service[name as keyof S] as Rpc<unknown, unknown>;
    const handler = handlers[name as keyof S] as Handler<unknown, unknown>;
    return { typeUrl: rpc.request.typeUrl, request: rpc.request, response: rpc.response, handler };
  });
}

export interface Query {
  readonly path: string;
  readonly request: Codec<unknown>;
  readonly response: Codec<unknown>;
  answer(ctx: ReadCtx, request: unknown): unknown;
}

/** Every query of a service with its answer; does not compile when one is missing. */
export function queries<S extends Readonly<Record<string, unknown>>>(
  service: S,
  answers: Answers<S>,
): readonly Query[] {
  return Object.keys(service).map((name) => {
    const { path, request, response } = service[name as keyof S] as Rpc<unknown, unknown>;
    return { path, request, response, answer: answers[name as keyof S] as Query["answer"] };
  });
}

function show(value: unknown): string {
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(show).join(",");
  return String(value);
}

/** A typed event: its type is the message's full name, its attributes the fields in the proto's order. */
export function event<T extends object>(codec: Codec<T>): (ctx: WriteCtx, value: T) => void {
  const type = codec.typeUrl.slice(1);
  return (ctx, value) =>
    ctx.emit(
      type,
      codec.fields.map(
        ({ name, protoName }) =>
          [protoName, show((value as Readonly<Record<string, unknown>>)[name])] as const,
      ),
    );
}

/** A sentence about the state that must hold after every block. */
export interface Invariant {
  readonly name: string;
  /** "cheap" ones stay on in production; "full" ones walk a whole table. */
  readonly cost: "cheap" | "full";
  holds(ctx: ReadCtx): boolean;
}

export const invariant = (
  name: string,
  cost: Invariant["cost"],
  holds: (ctx: ReadCtx) => boolean,
): Invariant => ({ name, cost, holds });

export const hook = <E>(name: string): Hook<E> => ({ name });

export interface Subscription {
  readonly hook: string;
  run(ctx: WriteCtx, event: unknown): void;
}

/** Joins a hook of another module; several subscribers run in module order. */
export const on = <E>(to: Hook<E>, run: (ctx: WriteCtx, event: E) => void): Subscription => ({
  hook: to.name,
  run: run as Subscription["run"],
});

/** One native module of the state machine, as data. */
export interface Module<G> {
  readonly name: string;
  readonly version: number;
  readonly messages: readonly Message[];
  /** Messages that only transaction 0 of a block may carry: put there by its proposer, unsigned and free. */
  readonly injected?: readonly Message[];
  readonly queries: readonly Query[];
  readonly invariants: readonly Invariant[];
  readonly hooks?: readonly Subscription[];
  readonly genesis: {
    readonly codec: Codec<G>;
    init(ctx: WriteCtx, genesis: G): void;
    dump(ctx: ReadCtx): G;
  };
  beginBlock?(ctx: WriteCtx): void;
  endBlock?(ctx: WriteCtx): void;
}

export type AnyModule = Module<never>;

export const defineModule = <G>(module: Module<G>): Module<G> => module;
