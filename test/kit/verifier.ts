import { createMclBls } from "#chain/verify/bls.ts";
import { loadVerifier } from "#chain/verify/load-verifier.ts";

/** The verifier of this platform, loaded once. */
export const signatures = await loadVerifier(() => undefined);

/** BLS signatures as nodes make and verify them, loaded once. */
export const bls = await createMclBls();
