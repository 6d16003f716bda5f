import type { Chapter } from "./chapter.ts";
import { councilChapters } from "./council.ts";
import { crowdedChapters } from "./crowded.ts";
import { crowdChapters } from "./crowds.ts";
import { gameChapters } from "./games.ts";
import { memberChapters } from "./members.ts";
import { paymentChapters } from "./payments.ts";
import { proofChapters } from "./proofs.ts";
import { refusalChapters } from "./refusals.ts";
import { roundChapters } from "./rounds.ts";
import { stakeChapters } from "./stake.ts";

/** Everything that is recorded. */
export const chapters: readonly Chapter[] = [
  ...gameChapters,
  ...crowdChapters,
  ...paymentChapters,
  ...stakeChapters,
  ...crowdedChapters,
  ...councilChapters,
  ...memberChapters,
  ...proofChapters,
  ...roundChapters,
  ...refusalChapters,
];
