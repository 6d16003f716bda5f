import { event } from "#chain/kernel/module.ts";
import { EventProofAccepted, EventProofDue, EventTemplateApproved } from "#proto/gen/iterum/proofs.ts";

export const proofDue = event(EventProofDue);
export const proofAccepted = event(EventProofAccepted);
export const templateApproved = event(EventTemplateApproved);
