export { inPool } from "./pool.ts";
export { dueTo } from "./settle.ts";
