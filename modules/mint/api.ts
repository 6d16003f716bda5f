export { inflationOf } from "./mint-block.ts";
