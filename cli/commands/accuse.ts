import type { Command } from "commander";
import { fromHex } from "#chain/bytes/hex.ts";
import { addressBytes, parseAddress } from "#chain/protocol/address.ts";
import { SALT_BYTES } from "#chain/protocol/item.ts";
import { denouncementHash } from "#chain/protocol/panel.ts";
import { gameOf, gameOption, keyOf, layoutOf, wholeNumber, withClient } from "#cli/context.ts";
import { ensureCli } from "#cli/errors.ts";
import { textOf } from "#cli/files.ts";
import { addressOf } from "#cli/home/keys.ts";
import { say } from "#cli/output.ts";
import { msgDenounce, msgSealDenouncement } from "#client/commitments.ts";
import { responseOf } from "#client/tx.ts";
import { formatAmount } from "#client/units.ts";
import { msgSuspect } from "#client/vesting.ts";
import { MsgDenounceResponse } from "#proto/gen/iterum/commitments.ts";
import { MsgSuspectResponse } from "#proto/gen/iterum/vesting.ts";
import { sendAs, type TxOptions, txCommandOf, unitOf } from "./tx.ts";

interface DenounceOptions extends TxOptions {
  readonly salt: string;
}

/** The salt of a file with 64 hexadecimal digits. Throws CliError. */
async function readSalt(file: string): Promise<Uint8Array> {
  const text = await textOf(file);
  const digits = text.trim().toLowerCase();
  ensureCli(/^[0-9a-f]+$/.test(digits) && digits.length === 2 * SALT_BYTES, `${file} holds no salt`);
  return fromHex(digits);
}

async function addressIn(options: TxOptions, who: string): Promise<string> {
  const address = await addressOf(layoutOf(options).keys, who);
  ensureCli(parseAddress(address), `not an address: ${address.slice(0, 80)}`);
  return address;
}

/** Seals the claim in one block, so that nobody can take it over, and shows it in a later one. */
async function denounce(
  roundId: number,
  who: string,
  index: number,
  label: number,
  options: DenounceOptions,
): Promise<void> {
  const salt = await readSalt(options.salt);
  const member = await addressIn(options, who);
  const key = await keyOf(options, options.from);
  const { memo = "" } = options;
  await withClient(
    options,
    async (client) => {
      const gameId = await gameOf(client, options.game);
      const ref = { chainId: client.chainId, gameId, roundId: BigInt(roundId) };
      const leaked = { member: addressBytes(member), index, label, salt };
      const hash = denouncementHash(ref, addressBytes(key.address), leaked);
      const informer = key.address;
      const sealed = await client.send([msgSealDenouncement({ informer, gameId, hash })], { memo });
      say(`sealed in block ${sealed.height}`);
      const claim = { informer, gameId, roundId: ref.roundId, member, index, label, salt };
      const shown = await client.send([msgDenounce(claim)], { memo });
      const { bounty } = responseOf(MsgDenounceResponse, shown);
      say(`${shown.hash} in block ${shown.height}: bounty ${formatAmount(bounty, await unitOf(client))}`);
    },
    key,
  );
}

async function suspect(operator: string, member: string, options: TxOptions): Promise<void> {
  const pair = { operator: await addressIn(options, operator), member: await addressIn(options, member) };
  const result = await sendAs(options, async (client, { address: informer }) =>
    msgSuspect({ informer, gameId: await gameOf(client, options.game), ...pair }),
  );
  const { untilRoundId } = responseOf(MsgSuspectResponse, result);
  say(`profits of ${pair.operator} are held until round ${untilRoundId} has ended`);
}

/** `iterum denounce`: convicts a member whose label got out before labels open. */
export const denounceCommand = (): Command =>
  txCommandOf("denounce", "show a label that got out early: half of its member's bond is yours")
    .argument("<round>", "number of the round", wholeNumber(1, 999_999_999))
    .argument("<member>", "whose item it is: address, or name of a key of the home")
    .argument("<index>", "the item's place in the member's set, from 0", wholeNumber(0, 999_999))
    .argument("<label>", "the label", wholeNumber(0, 1_000_000))
    .requiredOption("--salt <file>", "file with the label's salt, 64 hexadecimal digits")
    .addOption(gameOption())
    .action(denounce);

/** `iterum suspect`: holds an operator's profits so that its community can vote on them. */
export const suspectCommand = (): Command =>
  txCommandOf("suspect", "hold an operator's profits where those on one member's items stand out")
    .argument("<operator>", "address, or name of a key of the home")
    .argument("<member>", "on whose items it earned: address, or name of a key of the home")
    .addOption(gameOption())
    .action(suspect);
