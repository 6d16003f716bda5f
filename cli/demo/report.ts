import { seconds } from "#cli/output.ts";
import { tableOf } from "#cli/table.ts";
import { profitOf } from "#cli/views/outcome.ts";
import { formatAmount, type Unit } from "#client/units.ts";
import type { Schedule } from "#proto/gen/iterum/rounds.ts";
import { complaints, type Verdict } from "./judge.ts";
import type { MadeModel } from "./learning.ts";
import { BLOCK_MS, blocksFor, type DemoOptions } from "./plan.ts";
import type { RoundRecord } from "./record.ts";

/** What is not as it would be on a chain that matters. */
export const insecurities: readonly string[] = [
  "reference string made on this machine: its maker can forge proofs",
  "one validator: it knows the beacon before everybody else",
  "all keys are made from the seed: test keys, worth nothing",
];

/** Minutes and seconds. */
export const minutes = (ms: number): string => {
  const whole = Math.round(ms / 1000);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
};

/** What is about to happen and how long it will take. */
export function estimateLines(
  { rounds }: DemoOptions,
  schedule: Schedule,
  proofs: ReadonlyMap<string, number>,
): string[] {
  const blocks = blocksFor(schedule, rounds);
  const times = [...proofs].map(([name, ms]) => `${name} ${seconds(ms)}`).join(", ");
  return [
    `one proof of 8 items takes: ${times}; PROVE lasts ${schedule.prove} blocks`,
    `estimate: ${rounds} rounds in ${blocks} blocks of ${BLOCK_MS / 1000} s, ${minutes(blocks * BLOCK_MS)}`,
  ];
}

/** The sum of an operator's profits and its scores, over rounds. */
export interface Standing {
  readonly operator: string;
  readonly rounds: number;
  /** Base units. */
  readonly profit: bigint;
  /** Mean over the rounds played, in nats. */
  readonly logLoss: number;
  readonly accuracy: number;
}

/** Who won how much, the richest first. */
export function standings(rounds: readonly RoundRecord[], nameOf: (address: string) => string): Standing[] {
  const results = rounds.flatMap(({ outcome }) => outcome?.results ?? []);
  const byOperator = Map.groupBy(results, ({ operator }) => operator);
  const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
  return [...byOperator]
    .map(([operator, own]) => ({
      operator: nameOf(operator),
      rounds: own.length,
      profit: own.reduce((sum, each) => sum + profitOf(each), 0n),
      logLoss: mean(own.map(({ logLossMicronats }) => Number(logLossMicronats) / 1e6)),
      accuracy: mean(own.map(({ accuracyPpm }) => accuracyPpm / 1e6)),
    }))
    .sort((a, b) => (a.profit > b.profit ? -1 : 1));
}

const standingColumns = [
  { head: "operator" },
  { head: "rounds", right: true },
  { head: "accuracy", right: true },
  { head: "log loss", right: true },
  { head: "profit of all rounds", right: true },
];

/** The standings as a table. */
export const standingsTable = (list: readonly Standing[], unit: Unit): string =>
  tableOf(
    standingColumns,
    list.map(({ operator, rounds, accuracy, logLoss, profit }) => [
      operator,
      String(rounds),
      `${(100 * accuracy).toFixed(1)} %`,
      logLoss.toFixed(3),
      formatAmount(profit, unit),
    ]),
  );

/** How the models of each operator did on the rows held out, first to last. */
export function learningLines(models: readonly MadeModel[]): string[] {
  return [...Map.groupBy(models, ({ operator }) => operator)].map(([operator, made]) => {
    const steps = made.map(({ rows, logLoss }) => `${logLoss.toFixed(3)} (${rows} rows)`);
    return `log loss of ${operator} on the rows held out: ${steps.join(" → ")}`;
  });
}

/** What must be true at the end, told. */
export function verdictLines(verdict: Verdict, rounds: number, unit: Unit): string[] {
  const { invariants, proofsDue, proofsVerified, supplyAfter, height, appHash } = verdict;
  const broken = complaints(verdict, rounds);
  if (broken.length > 0) return broken.map((line) => `✗ ${line}`);
  return [
    `✓ all ${rounds} rounds ended; ${proofsVerified} of ${proofsDue} proofs due were verified`,
    `✓ all ${invariants.length} invariants held after every block, and hold at the end`,
    `✓ all balances sum to ${formatAmount(supplyAfter, unit)}, as at genesis: nothing was minted or burned`,
    `  height ${height}, app hash ${appHash}`,
  ];
}

/** Where a net that is kept can be reached, and how to join it. */
export interface KeptNet {
  readonly rpc: string;
  readonly data: string;
  readonly prover: string;
  readonly home: string;
  readonly publicRows: string;
  readonly guestToken: string;
}

/** Addresses of a kept net and the commands with which an outsider joins. */
export function keptLines({ rpc, data, prover, home, publicRows, guestToken }: KeptNet): string[] {
  const iterum = (args: string): string => `  npm run iterum -- ${args} --home ${home}`;
  return [
    "The net keeps running until Ctrl-C:",
    `  RPC ${rpc}, data node ${data}, prover ${prover}`,
    `  home ${home} (removed at the end)`,
    "Join as an operator with a model of your own:",
    iterum("keys add ann --dev"),
    iterum("tx send ann 3000 --from faucet"),
    iterum(
      [
        `operator --key ann --rows ${publicRows} --architecture lr-64`,
        `--prover ${prover} --prover-token ${guestToken}`,
      ].join(" "),
    ),
    "  (or --model FILE.onnx: a model that you trained yourself, for example with `iterum trainer`)",
  ];
}
