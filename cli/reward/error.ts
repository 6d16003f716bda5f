/** A place in a text, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A text that is no reward function: where it goes wrong, what is wrong and what is allowed. */
export class RewardTextError extends Error {
  override readonly name: string = "RewardTextError";
  readonly place: Place;

  constructor(place: Place, what: string, options: ErrorOptions = {}) {
    super(`line ${place.line}, column ${place.column}: ${what}`, options);
    this.place = place;
  }
}

/** The place of an offset in a text. */
export function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, Math.max(0, offset)).split("\n");
  return { line: before.length, column: (before.at(-1) as string).length + 1 };
}

/** A RewardTextError at a node of the parsed text. */
export const errorAt = (
  node: { readonly input: string; readonly start: number },
  what: string,
  options: ErrorOptions = {},
): RewardTextError => new RewardTextError(placeOf(node.input, node.start), what, options);
