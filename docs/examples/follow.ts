// Follows a game's newest round, block by block, until it is over:  node follow.js RPC GAME [BLOCKS]
import { connect, isOver, phaseEnd } from "iterum-client";

const [rpc = "", gameId = "", blocks = "0"] = process.argv.slice(2);
const client = await connect({ rpc });
const rounds = await client.rounds.rounds(gameId, 0n);
const roundId = rounds.at(-1)?.roundId ?? 1n;

// Every block once and in order, also across outages of the node.
const begin = await client.height();
for await (const block of client.blocks(begin)) {
  const round = await client.at(block.height).rounds.round(gameId, roundId);
  if (!round) continue;
  const ends = phaseEnd(round, round.phase);
  console.log(
    `height ${block.height}: phase ${round.phase}, until ${ends}; ${block.txs.length} transactions`,
  );
  for (const { type } of block.events) console.log(`  ${type}`);
  if (isOver(round) || (blocks !== "0" && block.height >= begin + BigInt(blocks))) break;
}
client.close();
