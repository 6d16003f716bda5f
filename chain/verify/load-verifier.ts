import { checked, nativeVerifier, type SignatureVerifier } from "#chain/tx/verifier.ts";

/** The verifier over libsecp256k1 in WebAssembly, a third as fast; rejects where that does not load. */
export async function wasmVerifier(): Promise<SignatureVerifier> {
  const { instantiateSecp256k1 } = await import("@bitauth/libauth");
  const wasm = await instantiateSecp256k1();
  return checked("libauth", {
    verify: (signature, digest, publicKey) => wasm.verifySignatureCompactLowS(signature, publicKey, digest),
    recover: (signature, parity, digest) => {
      const key = wasm.recoverPublicKeyCompressed(signature, parity, digest);
      if (typeof key === "string") throw new Error(key);
      return key;
    },
  });
}

/**
 * The fastest verifier of this platform; says through `warn` when that is not the native one. Rejects when
 * neither loads: plain JavaScript is never taken, since no validator keeps up with it.
 */
export async function loadVerifier(
  warn: (text: string) => void,
  native: () => SignatureVerifier = nativeVerifier,
): Promise<SignatureVerifier> {
  try {
    return native();
  } catch (error) {
    const verifier = await wasmVerifier();
    const why = (error as Error).message;
    warn(
      "the native secp256k1 binding does not load, so signatures are verified in WebAssembly, three times " +
        `slower: a validator may fall behind a busy chain like this (${why})`,
    );
    return verifier;
  }
}
