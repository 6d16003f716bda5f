import { errorSet } from "#chain/kernel/error.ts";

export const errors = errorSet("mint", {
  BadParams: [2, "the parameters of minting are out of range"],
  BadGenesis: [3, "genesis minting is not consistent"],
});
