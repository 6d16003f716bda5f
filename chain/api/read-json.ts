/**
 * The JSON of an answer that may be a stranger's. `allow` is told of each piece before it is kept, its bytes
 * and those of all so far, and throws where that is too much.
 */
export async function readJson(
  response: Response,
  allow: (pieceBytes: number, bytes: number) => void,
): Promise<unknown> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.length;
    allow(piece.length, bytes);
    pieces.push(piece);
  }
  return JSON.parse(Buffer.concat(pieces).toString("utf8")) as unknown;
}
