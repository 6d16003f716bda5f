import { type Command, Option } from "commander";
import { parseDecText } from "#chain/proto/dec.ts";
import { CliError } from "#cli/errors.ts";
import type { CommissionRates } from "#proto/gen/cosmos/staking.ts";
import type { TxOptions } from "../commands/tx.ts";

/** What a field of a description says that is to stay as it is. */
export const STAYS = "[do-not-modify]";

/** What a validator says of itself and keeps. */
export interface TermsOptions extends TxOptions {
  readonly moniker?: string;
  readonly website?: string;
  readonly details?: string;
  readonly identity?: string;
  readonly security?: string;
  readonly commission?: bigint;
  readonly commissionMax?: bigint;
  readonly commissionStep?: bigint;
  readonly minSelf?: string;
}

/** Reads a share as hundredths: `10%`, or `0.1`. */
function share(text: string): bigint {
  const [, number = text, percent] = /^([0-9.]+)(%?)$/.exec(text) ?? [];
  try {
    return percent ? parseDecText(number) / 100n : parseDecText(number);
  } catch (cause) {
    throw new CliError(`not a share, such as 10% or 0.1: ${text.slice(0, 40)}`, { cause });
  }
}

/** A description; what is not given says something else. */
export const descriptionOf = (options: TermsOptions, other: string) => ({
  moniker: options.moniker ?? other,
  identity: options.identity ?? other,
  website: options.website ?? other,
  securityContact: options.security ?? other,
  details: options.details ?? other,
});

/** The commission of a new validator; by default a tenth, at most a half, changed by a hundredth a day. */
export const ratesOf = ({ commission, commissionMax, commissionStep }: TermsOptions): CommissionRates => ({
  rate: commission ?? share("10%"),
  maxRate: commissionMax ?? share("50%"),
  maxChangeRate: commissionStep ?? share("1%"),
});

/** A command with what a validator may say of itself and keep. */
export const withTerms = (command: Command): Command =>
  command
    .option("--website <url>", "where more is told")
    .option("--details <text>", "more, at most 280 characters")
    .option("--identity <text>", "for example a Keybase id")
    .option("--security <text>", "whom to tell of weaknesses")
    .option("--min-self <amount>", "least stake of its own, below which it is jailed; it only grows")
    .addOption(
      new Option("--commission <share>", "what it keeps of its delegators' rewards").argParser(share),
    );

/** The same of a new one, with what it promises for ever. */
export const withLimits = (command: Command): Command =>
  withTerms(command)
    .requiredOption("--moniker <name>", "how it is called")
    .addOption(new Option("--commission-max <share>", "greatest it may ever keep").argParser(share))
    .addOption(new Option("--commission-step <share>", "greatest change in a day").argParser(share));
