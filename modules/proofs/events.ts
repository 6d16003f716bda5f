import { event } from "#chain/kernel/module.ts";
import { EventProofAccepted, EventProofDue } from "#proto/gen/iterum/proofs.ts";

export const proofDue = event(EventProofDue);
export const proofAccepted = event(EventProofAccepted);
