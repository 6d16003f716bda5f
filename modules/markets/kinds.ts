import type { MarketKind } from "./kind.ts";
import { modelLmsr } from "./model-lmsr/kind.ts";

/** Parameters or a state whose type only its own kind knows: pass it back to the kind that made it. */
type Opaque = unknown;

const KINDS: ReadonlyMap<string, MarketKind<Opaque, Opaque>> = new Map(
  [modelLmsr as MarketKind<Opaque, Opaque>].map((kind) => [kind.id, kind]),
);

/** The market kind of a versioned id, for example "model-lmsr/1"; undefined when there is none. */
export const kindOf = (kindId: string): MarketKind<Opaque, Opaque> | undefined => KINDS.get(kindId);
