/** Names a round within the chain. */
export interface RoundKey {
  readonly gameId: string;
  readonly roundId: bigint;
}
