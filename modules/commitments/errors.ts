import { errorSet } from "#chain/kernel/error.ts";

export const errors = errorSet("commitments", {
  BadModel: [2, "the hash of the parameters is no field element of 32 bytes"],
  AlreadyRegistered: [3, "the model is registered"],
  NoModel: [4, "no such model"],
  BadRoot: [5, "a data root has 32 bytes"],
  BadCount: [6, "the number of items is out of range"],
  AlreadyCommitted: [7, "the member has committed to this round"],
  NoCommitment: [8, "the member has not committed to this round"],
  WrongItems: [9, "the items are not the selected ones in ascending order"],
  BadItem: [10, "a part of an item has the wrong form"],
  WrongRoot: [11, "the leaves do not give the committed root"],
  WrongLabel: [12, "the label and its salt are not the committed ones"],
  NoRule: [13, "the game has no data rule"],
  NoItems: [14, "the round's items are not final yet"],
  BadGenesis: [15, "genesis of the commitments is not consistent"],
  BadHash: [16, "a commitment has 32 bytes"],
  NotSealed: [17, "no such claim was sealed in an earlier block"],
});
