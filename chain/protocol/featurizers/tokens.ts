/**
 * The lower case of an ASCII letter or digit; 0 for every other byte. By hand: no locale, no Unicode table.
 */
function tokenByte(byte: number): number {
  if (byte >= 0x41 && byte <= 0x5a) return byte + 0x20;
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39) ? byte : 0;
}

/**
 * The tokens of a text in order: ASCII lower case, split on everything but a–z and 0–9, no stemming.
 * It works on bytes, so each byte of a non-ASCII character splits, and malformed UTF-8 is no error.
 */
export function tokensOf(content: Uint8Array): string[] {
  const tokens: string[] = [];
  let token = "";
  for (const byte of content) {
    const lower = tokenByte(byte);
    if (lower !== 0) token += String.fromCharCode(lower);
    else if (token !== "") {
      tokens.push(token);
      token = "";
    }
  }
  if (token !== "") tokens.push(token);
  return tokens;
}
