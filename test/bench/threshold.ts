import { utf8 } from "#chain/bytes/utf8.ts";
import { type GroupKey, publicKey } from "#chain/protocol/threshold/ceremony.ts";
import { deal, dealingHolds, openShare } from "#chain/protocol/threshold/dealing.ts";
import { combine, partialHolds, signPartial } from "#chain/protocol/threshold/signing.ts";
import { openTimed, sealUntil } from "#chain/protocol/threshold/timed.ts";
import { createMclBls } from "#chain/verify/bls.ts";
import { ceremonyOf, type Party, parties } from "../chain/protocol/threshold/kit.ts";
import { type Effort, medianMs } from "./measure.ts";

const RUNS = { full: 11, quick: 1 };
const PARTIES = 16;
const THRESHOLD = 6;

/** What the steps of a key of 16 parties cost, of which any 6 sign; milliseconds. */
export async function benchThreshold(effort: Effort): Promise<Readonly<Record<string, number>>> {
  const runs = RUNS[effort];
  const bls = await createMclBls();
  const people = parties("bench", PARTIES);
  const { seed } = people[0] as Party;
  const ceremony = ceremonyOf("bench", people, THRESHOLD);
  const dealing = deal(ceremony, 1, seed);
  // One dealer's polynomial is as good a key as the sum of many.
  const group: GroupKey = { commitments: dealing.commitments, parties: PARTIES };
  const open = (index: number): bigint => {
    const share = openShare(ceremony, 1, dealing, index, (people[index - 1] as Party).secret);
    if (share === undefined) throw new Error("an honest dealing does not open");
    return share;
  };
  const signable = { message: utf8("bench"), tag: "ITERUM_BENCH" };
  const parts = new Map<number, Uint8Array>();
  for (let index = 1; index <= THRESHOLD; index++) parts.set(index, signPartial(bls, signable, open(index)));
  const { signature } = combine(bls, group, signable, parts);
  if (signature === undefined) throw new Error("honest parts make no signature");
  const [key, coin] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const sealed = sealUntil(publicKey(group), signable, key, coin);
  const time = (work: () => unknown): Promise<number> => medianMs(runs, () => void work());
  return {
    "deal a secret": await time(() => deal(ceremony, 1, seed)),
    "check a dealing": await time(() => dealingHolds(ceremony, 1, dealing)),
    "open a share": await time(() => open(2)),
    "verify a part": await time(() => partialHolds(bls, group, 1, signable, parts.get(1) as Uint8Array)),
    "combine parts": await time(() => combine(bls, group, signable, parts)),
    "seal a key": await time(() => sealUntil(publicKey(group), signable, key, coin)),
    "open a seal": await time(() => openTimed(sealed, signature)),
  };
}
