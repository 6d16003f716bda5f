import { assert } from "#chain/kernel/error.ts";
import type { MarketRule } from "#proto/gen/iterum/markets.ts";
import type { MarketKind, Needs, OrderKind, ShareKind } from "./kind.ts";
import { lmsr } from "./lmsr/kind.ts";
import { modelLmsr } from "./model-lmsr/kind.ts";
import { wager } from "./wager/kind.ts";

/** Parameters or a state whose type only its own kind knows: pass it back to the kind that made it. */
type Opaque = unknown;
export type AnyOrderKind = OrderKind<Opaque, Opaque>;
export type AnyShareKind = ShareKind<Opaque, Opaque>;
export type AnyKind = AnyOrderKind | AnyShareKind;

/** A kind with the parameters that a rule has for it. */
interface Entry {
  readonly kind: AnyKind;
  readonly paramsOf: (rule: MarketRule) => Opaque;
}

const entry = <P, S>(kind: MarketKind<P, S>, paramsOf: (rule: MarketRule) => P | undefined): Entry => ({
  kind: kind as AnyKind,
  paramsOf,
});

const KINDS: ReadonlyMap<string, Entry> = new Map(
  [
    entry(modelLmsr, (rule) => rule.modelLmsr),
    entry(lmsr, (rule) => rule.lmsr),
    entry(wager, (rule) => rule.wager),
  ].map((each) => [each.kind.id, each]),
);

/** The market kind of a versioned id, for example "model-lmsr/1"; undefined when there is none. */
export const kindOf = (kindId: string): AnyKind | undefined => KINDS.get(kindId)?.kind;

/** The parameters of a rule's kind; undefined where it has none, or has some of another kind too. */
export function paramsOf(rule: MarketRule): Opaque | undefined {
  const given = [...KINDS.values()].filter((each) => each.paramsOf(rule) !== undefined);
  const own = KINDS.get(rule.kind);
  return given.length === 1 && given[0] === own ? own?.paramsOf(rule) : undefined;
}

/** What the market of a rule that was checked asks of its game; of a round's own market ask its state. */
export function needsOf(rule: MarketRule): Needs {
  const [kind, params] = [kindOf(rule.kind), paramsOf(rule)];
  assert(kind && params !== undefined, "a rule without parameters of its kind");
  return kind.needs(params);
}
