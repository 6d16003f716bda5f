import assert from "node:assert/strict";
import { test } from "node:test";
import { ProposalStatus } from "#proto/gen/iterum/gov.ts";
import { kindNames, play } from "./crowd.ts";

for (const kind of kindNames)
  test(`whatever a crowd of ${kind} says, books and votes stay right`, async (t) => {
    const ends = await play(kind, `gov ${kind} 1`, 120);
    t.diagnostic(
      `proposals by status: ${[...ends].map(([status, count]) => `${status}×${count}`).join(" ")}`,
    );
    assert.ok((ends.get(ProposalStatus.PROPOSAL_STATUS_ENACTED) ?? 0) > 0, "something was decided");
  });
