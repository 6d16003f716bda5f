/** The bytes or the JSON are not the one valid encoding of a message of the wanted type. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
}

/** A value lies outside what its field can carry; the caller built a wrong message. */
export class EncodeError extends Error {
  override readonly name = "EncodeError";
}
