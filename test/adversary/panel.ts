import { drawDistinct, drawsFrom } from "#chain/protocol/draw.ts";
import { correlatedAgreement, type Opinions } from "#modules/commitments/agreement.ts";
import { labelByRule } from "#modules/rewards/label-rules.ts";
import type { Setting } from "./setting.ts";

const PPM = 1e6;

/** The seat whose item it is. */
export const seatOf = ({ itemsPerSeat }: Setting, item: number): number => Math.floor(item / itemsPerSeat);

/** For each item the seats that cross-label it, drawn as the chain draws them. */
export function panelFrom(setting: Setting, items: number, seed: Uint8Array): number[][] {
  const draws = drawsFrom("iterum/panel-draw/v1", seed);
  const all = Array.from({ length: setting.seats }, (_, seat) => seat);
  return Array.from({ length: items }, (_, item) => {
    const others = all.filter((seat) => seat !== seatOf(setting, item));
    return drawDistinct(draws, others.length, setting.panel).map((at) => others[at] as number);
  });
}

/** What came of the labels that authors and panel gave. */
export interface Labelled {
  /** The label of each item that counts. */
  readonly counted: readonly (number | undefined)[];
  /** Pay of each seat by correlated agreement, tokens. */
  readonly pay: readonly number[];
}

/** Has every seat label its own items and its sheet, and counts and pays by the rules. */
export function labelled(
  setting: Setting,
  panel: readonly number[][],
  says: (seat: number, item: number) => number,
): Labelled {
  const given = Array.from({ length: setting.seats }, () => new Map<number, number>());
  const counted = panel.map((others, item) => {
    const [authorLabel, ...panelLabels] = [seatOf(setting, item), ...others].map((seat) => {
      const label = says(seat, item);
      given[seat]?.set(item, label);
      return label;
    });
    return labelByRule(setting.agree, { authorLabel, panelLabels, classes: 2 });
  });
  const opinions = given.map((labels, seat): Opinions => ({ member: `${seat}`, labels }));
  const agreement = correlatedAgreement(opinions);
  const pay = opinions.map(({ member, labels }) => {
    const share = Number(agreement.get(member) ?? 0n) / PPM;
    return (setting.rewardPerItem * labels.size * share) / (setting.panel + 1);
  });
  return { counted, pay };
}
