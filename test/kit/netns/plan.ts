/** A process of a node. */
export type Which = "app" | "comet";

/** Of each validator of genesis. */
export const FOUNDING_POWER = 10;

/** What is done to a net. Nodes are numbers, those of genesis first. */
export type Fault =
  /** Ended at once, or asked to end; whoever keeps the node going starts it again. */
  | { readonly kind: "kill" | "restart"; readonly node: number; readonly which: Which }
  /** Stopped where it is, until the fault is healed. */
  | { readonly kind: "pause"; readonly node: number; readonly which: Which }
  /** The node's link is down. */
  | { readonly kind: "disconnect"; readonly node: number }
  /** The node's link goes down and up again, many times. */
  | { readonly kind: "flapping"; readonly node: number }
  /** Nodes without a group in common lose what they send to each other. */
  | { readonly kind: "partition"; readonly groups: readonly (readonly number[])[] }
  /** What one node sends to the others is lost; it receives. */
  | { readonly kind: "oneWay"; readonly from: number; readonly to: readonly number[] }
  /** Everybody loses this share of all packets. */
  | { readonly kind: "loss"; readonly share: number }
  /** Everybody's packets are late by up to so much, each by another time. */
  | { readonly kind: "jitter"; readonly maxMs: number };

/** How a new node comes to the state: by all blocks, or by a snapshot of its peers. */
export type JoinBy = "blocks" | "snapshot";

/** What the operator of a node does, or its key: the set of validators changes by it. */
export type Deed =
  /** Becomes a validator, with the stake that those of genesis have. */
  | { readonly kind: "elect"; readonly node: number }
  /** Stakes so much of power more with itself. */
  | { readonly kind: "stake"; readonly node: number; readonly power: number }
  /** Takes all of its stake back. */
  | { readonly kind: "leave"; readonly node: number }
  /** Signs with a new key from then on. */
  | { readonly kind: "rotate"; readonly node: number }
  /** Signs two blocks of one height. */
  | { readonly kind: "doubleSign"; readonly node: number };

/** Faults that are there at once, for a time; then they are healed. */
export interface Step {
  /** Nodes that start before the faults: they may hit a node that is not there yet. */
  readonly joins?: readonly JoinBy[];
  /** Done one after the other before the faults come. */
  readonly deeds?: readonly Deed[];
  readonly faults: readonly Fault[];
  readonly heldMs: number;
}

/** A net and what becomes of it; the same for the same seed. */
export interface Plan {
  readonly seed: string;
  /** Nodes that are validators of equal power from genesis on. */
  readonly validators: number;
  /** Whether they have their power by stake; else their set is agreed for good. */
  readonly staked: boolean;
  readonly paceMs: number;
  readonly steps: readonly Step[];
}

/** Whether the chain must go on while faults last, cannot, or may do either. */
export type Expected = "goes on" | "stalls" | "either";

/** Whether a packet from one node reaches the other. */
const reaches = (faults: readonly Fault[], from: number, to: number): boolean =>
  faults.every((fault) => {
    switch (fault.kind) {
      case "disconnect":
        return fault.node !== from && fault.node !== to;
      case "partition":
        return fault.groups.some((group) => group.includes(from) && group.includes(to));
      case "oneWay":
        return fault.from !== from || !fault.to.includes(to);
      default:
        return true;
    }
  });

/** Nodes in sets that hear each other, be it through others. Connections need both directions. */
export function groupsOf(nodes: readonly number[], faults: readonly Fault[]): readonly (readonly number[])[] {
  const left = new Set(nodes);
  const groups: number[][] = [];
  for (const first of nodes) {
    if (!left.delete(first)) continue;
    const group = [first];
    for (const near of group)
      for (const far of left)
        if (reaches(faults, near, far) && reaches(faults, far, near)) {
          group.push(far);
          left.delete(far);
        }
    groups.push(group);
  }
  return groups;
}

/** The power of each node that is a validator. */
export type Powers = ReadonlyMap<number, number>;

/** Nodes of genesis have equal powers. */
export const foundingPowers = (validators: number): Powers =>
  new Map(Array.from({ length: validators }, (_, node) => [node, FOUNDING_POWER]));

/** The powers after the deeds of a step. */
export function powersAfter(powers: Powers, { deeds = [] }: Pick<Step, "deeds">): Powers {
  const next = new Map(powers);
  for (const deed of deeds) {
    if (deed.kind === "elect") next.set(deed.node, FOUNDING_POWER);
    if (deed.kind === "stake") next.set(deed.node, (next.get(deed.node) ?? 0) + deed.power);
    if (deed.kind === "leave" || deed.kind === "doubleSign") next.delete(deed.node);
  }
  return next;
}

const sumOf = (powers: Powers, nodes: Iterable<number>): number =>
  [...nodes].reduce((sum, node) => sum + (powers.get(node) ?? 0), 0);

/** Validators that take part while the faults last; none of those that die for a moment. */
export function present(powers: Powers, { faults }: Pick<Step, "faults">): readonly number[] {
  const isGone = (node: number): boolean => faults.some((fault) => "node" in fault && fault.node === node);
  const left = [...powers.keys()].filter((node) => !isGone(node));
  const groups = groupsOf(left, faults);
  return groups.reduce((best, each) => (sumOf(powers, each) > sumOf(powers, best) ? each : best), []);
}

const isLasting = ({ kind }: Fault): boolean => kind !== "kill" && kind !== "restart" && kind !== "flapping";

/** Validators with more than two thirds of the power must hear each other. */
export function expected(powers: Powers, step: Pick<Step, "faults">): Expected {
  const total = sumOf(powers, powers.keys());
  const isQuorum = (nodes: readonly number[]): boolean => sumOf(powers, nodes) * 3 > total * 2;
  if (step.faults.some(({ kind }) => kind === "loss" || kind === "jitter")) return "either";
  if (isQuorum(present(powers, step))) return "goes on";
  // Of faults that pass by themselves nobody knows when they have passed; an app that stands still has voted.
  const lasting = step.faults.filter(
    (fault) => isLasting(fault) && !("which" in fault && fault.which === "app"),
  );
  return isQuorum(present(powers, { faults: lasting })) ? "either" : "stalls";
}

/** Machines that a plan needs: for those of genesis and those that join. */
export const machinesOf = ({ validators, steps }: Plan): number =>
  steps.reduce((sum, { joins = [] }) => sum + joins.length, validators);

/** A step in a few words. */
export function describeStep({ joins = [], deeds = [], faults }: Step): string {
  const told = [
    ...joins.map((by) => `join by ${by}`),
    ...deeds.map(({ kind, node }) => `${kind} ${node}`),
    ...faults.map(describeFault),
  ];
  return told.join(", ") || "nothing";
}

function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case "kill":
    case "restart":
    case "pause":
      return `${fault.kind} ${fault.which} of ${fault.node}`;
    case "disconnect":
    case "flapping":
      return `${fault.kind} ${fault.node}`;
    case "partition":
      return `partition ${fault.groups.map((group) => `{${group.join(" ")}}`).join(" ")}`;
    case "oneWay":
      return `one-way: nothing from ${fault.from} to ${fault.to.join(" ")}`;
    case "loss":
      return `${Math.round(fault.share * 100)} % loss`;
    case "jitter":
      return `up to ${fault.maxMs} ms late`;
  }
}
