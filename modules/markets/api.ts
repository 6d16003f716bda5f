export { ordersOf, outcomeOf } from "./reads.ts";
export { checkMarket, putRule as putMarketRule } from "./rule.ts";
export { ruleOf } from "./rule-of.ts";
