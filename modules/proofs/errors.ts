import { errorSet } from "#chain/kernel/error.ts";

export const errors = errorSet("proofs", {
  NoTemplate: [2, "no such template"],
  NotDue: [3, "no proof is due from this operator"],
  NoBatch: [4, "no such batch"],
  AlreadyProven: [5, "the batch is proven"],
  WrongModel: [6, "the proof is of another model"],
  WrongInput: [7, "the proof is of another input"],
  WrongOutput: [8, "the proof shows other predictions than the posted ones"],
  BadLength: [9, "a part of the proof has the wrong length"],
  Invalid: [10, "the proof does not verify"],
  NoAudit: [11, "the game has no audit rule"],
  BadGenesis: [12, "genesis of the proofs is not consistent"],
  BadTemplate: [13, "the template contradicts itself or the chain, or is approved"],
});
