/** An argument outside the domain that a function of this folder states; a bug of its caller. */
export class DomainError extends RangeError {
  override readonly name: string = "DomainError";
}
