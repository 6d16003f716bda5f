import { createRequire } from "node:module";
import { fromHex } from "#chain/bytes/hex.ts";

// Off chain only: makes the verifier's bytecode, which then travels in genesis as data.

interface Solc {
  compile(input: string): string;
  version(): string;
}

interface SolcOutput {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts?: Record<
    string,
    Record<string, { readonly evm: { readonly deployedBytecode: { readonly object: string } } }>
  >;
}

/** The compiler did not accept the source, or is not the version that the bytecode depends on. */
export class CompileError extends Error {
  override readonly name = "CompileError";
}

/** Version of the compiler that verifiers are compiled with: bytecode is compared byte by byte. */
const compilerVersion = "0.8.28+commit.7893614a";

const contractName = "Halo2VerifierReusable";

/** Loads the compiler; its runtime would turn every unhandled rejection of the process into an abort. */
function loadCompiler(): Solc {
  const before = new Set(process.listeners("unhandledRejection"));
  const require = createRequire(import.meta.url);
  const solc = require("solc") as Solc;
  for (const listener of process.listeners("unhandledRejection"))
    if (!before.has(listener)) process.off("unhandledRejection", listener);
  if (!solc.version().startsWith(compilerVersion))
    throw new CompileError(`compiler is ${solc.version()}, not ${compilerVersion}`);
  return solc;
}

/**
 * Compiles EZKL's reusable verifier to the bytecode that a deployed contract holds. The same source gives
 * the same bytes everywhere: fixed compiler, optimiser, EVM version, and no metadata. Takes about a second
 * and 150 MB. Throws CompileError.
 */
export function compileVerifier(solidity: string): Uint8Array {
  const input = {
    language: "Solidity",
    sources: { "verifier.sol": { content: solidity } },
    settings: {
      optimizer: { enabled: true, runs: 1 },
      evmVersion: "cancun",
      metadata: { appendCBOR: false, bytecodeHash: "none" },
      outputSelection: { "*": { [contractName]: ["evm.deployedBytecode.object"] } },
    },
  };
  const output = JSON.parse(loadCompiler().compile(JSON.stringify(input))) as SolcOutput;
  const fatal = output.errors?.find((error) => error.severity === "error");
  if (fatal !== undefined) throw new CompileError(fatal.formattedMessage);
  const contract = output.contracts?.["verifier.sol"]?.[contractName];
  if (contract === undefined) throw new CompileError(`source holds no contract ${contractName}`);
  return fromHex(contract.evm.deployedBytecode.object);
}
