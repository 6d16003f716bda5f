/** A block as one node has it. */
export interface SeenBlock {
  readonly height: number;
  /** Hash of its header. */
  readonly blockHash: string;
  /** Of the state before it. */
  readonly appHash: string;
}

/** What the chain says of a validator. */
export interface Standing {
  /** Base units staked with it. */
  readonly tokens: string;
  readonly isJailed: boolean;
  /** Whether it can never come back. */
  readonly isThrownOut: boolean;
}

/** What one step came to. */
export interface StepReport {
  /** After each deed, of who did it. */
  readonly standings: readonly Standing[];
  readonly what: string;
  readonly expected: "goes on" | "stalls" | "either";
  /** Greatest height of all nodes when the faults were there, and before they were healed. */
  readonly from: number;
  readonly until: number;
  /** From the beginning of the healing until every node had two blocks more than any had at it. */
  readonly liveSeconds: number;
}

/** A node at the end of a run. */
export interface NodeReport {
  readonly name: string;
  readonly blocks: readonly SeenBlock[];
  /** What its own app holds. */
  readonly own: { readonly height: number; readonly appHash: string };
  readonly restarts: number;
}

/** What a run came to. */
export interface Report {
  readonly steps: readonly StepReport[];
  readonly nodes: readonly NodeReport[];
  readonly sends: { readonly done: number; readonly failed: number };
  /** Height until which another app played the chain again, with the same hashes. */
  readonly replayedTo: number;
}

/** What a run shows to be wrong: anything but one chain of all nodes that stood still only where it must. */
export function complaints({ steps, nodes }: Report): readonly string[] {
  return [...steps.flatMap(ofStep), ...ofBlocks(nodes), ...nodes.flatMap((node) => ofOwn(node, nodes))];
}

function ofStep({ what, expected, from, until }: StepReport): readonly string[] {
  // A block whose votes were all there already is one more.
  if (expected === "stalls" && until > from + 1)
    return [`${what}: from ${from} to ${until} without a quorum`];
  if (expected === "goes on" && until < from + 2) return [`${what}: stood still at ${from} with a quorum`];
  return [];
}

/** Heights at which two nodes differ, or that a node has left out. */
function ofBlocks(nodes: readonly NodeReport[]): readonly string[] {
  const first = new Map<number, { name: string; block: SeenBlock }>();
  const wrong: string[] = [];
  for (const { name, blocks } of nodes) {
    let next = blocks[0]?.height ?? 0;
    for (const block of blocks) {
      if (block.height !== next) wrong.push(`${name} lacks height ${next}`);
      next = block.height + 1;
      const other = first.get(block.height);
      if (other === undefined) first.set(block.height, { name, block });
      else if (other.block.blockHash !== block.blockHash)
        wrong.push(`${other.name} and ${name} have two blocks at ${block.height}`);
      else if (other.block.appHash !== block.appHash)
        wrong.push(`${other.name} and ${name} have two app hashes at ${block.height}`);
    }
    if (blocks.length === 0) wrong.push(`${name} has no block`);
  }
  return wrong;
}

/** The app's own hash must be the one that the next block says, wherever that is known. */
function ofOwn({ name, own }: NodeReport, nodes: readonly NodeReport[]): readonly string[] {
  const next = nodes.flatMap(({ blocks }) => blocks).find(({ height }) => height === own.height + 1);
  if (next === undefined) return [`nobody has the block after ${name}'s own height ${own.height}`];
  return next.appHash === own.appHash ? [] : [`${name}'s app has another hash after ${own.height}`];
}
