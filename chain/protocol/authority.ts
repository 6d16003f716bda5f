import { moduleAddress } from "./address.ts";

/**
 * In whose name decided proposals run: the account of governance. Messages that only governance sends carry
 * it as their `authority`, and no transaction may carry such a message.
 */
export const AUTHORITY = moduleAddress("gov");
