import type { Command } from "commander";
import { type ChainOptions, chainCommand, layoutOf, portNumber, withClient } from "#cli/context.ts";
import { CliError } from "#cli/errors.ts";
import { devSrs, devSrsWarning, requireProver, templatesWanted } from "#cli/genesis/templates.ts";
import { note, say } from "#cli/output.ts";
import { fired, stopSignal } from "#cli/signals.ts";
import { newWaiting } from "#cli/waiting.ts";
import type { TemplateWanted } from "#prover/prover.ts";
import { startProver } from "#prover/server.ts";
import { tokenFile } from "#prover/token.ts";

interface ProverOptions extends ChainOptions {
  readonly port: number;
  readonly client: readonly string[];
  readonly srs?: string;
}

/** The chain's templates, which must come out here with the same keys. */
const chainTemplates = (options: ProverOptions): Promise<TemplateWanted[]> =>
  withClient(options, async (client) => {
    const digests = new Map((await client.proofs.templates()).map((each) => [each.name, each.vkaDigest]));
    return templatesWanted([...digests.keys()]).map((wanted) => {
      const vkaDigest = digests.get(wanted.name);
      return vkaDigest ? { ...wanted, vkaDigest } : wanted;
    });
  });

async function prover(options: ProverOptions): Promise<void> {
  const python = requireProver();
  const templates = await chainTemplates(options);
  const stop = stopSignal();
  const home = layoutOf(options).prover;
  const srs = options.srs === undefined ? devSrs : { file: options.srs };
  if (options.srs === undefined) note(`! ${devSrsWarning}`);
  const { port, client: clients } = options;
  const server = await startProver({ home, python, srs, templates, port, clients });
  try {
    await newWaiting(process.stderr).during("circuit templates", () => server.prover.ready());
    for (const state of server.prover.templates())
      if (state.status === "failed") throw new CliError(`template ${state.name}: ${state.error.message}`);
    say(`prover at ${server.url}, templates ${templates.map(({ name }) => name).join(", ")}`);
    for (const client of clients) say(`token of ${client}: ${tokenFile(home, client)}`);
    await fired(stop);
    note("stopping");
  } finally {
    await server.close();
  }
}

/** `iterum prover`: the prover's sidecar, until Ctrl-C. */
export const proverCommand = (): Command =>
  chainCommand("prover", "run a prover for the chain's templates: predictions and zero-knowledge proofs")
    .option("--port <port>", "port of the loopback interface, 0 for any free one", portNumber, 7008)
    .option("--client <name...>", "who may ask; each gets a token file of its own", ["operator"])
    .option("--srs <file>", "reference string of the public ceremony (default: the home's development one)")
    .action(prover);
