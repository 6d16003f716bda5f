import { loadVerifier } from "#chain/verify/load-verifier.ts";

/** The verifier of this platform, loaded once. */
export const signatures = await loadVerifier(() => undefined);
