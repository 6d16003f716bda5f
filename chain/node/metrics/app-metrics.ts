import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Application, Awaitable } from "#chain/abci/application.ts";
import type { StoreUsage } from "#chain/store/port.ts";
import { CODE_PANIC } from "#chain/tx/result.ts";
import {
  CheckTxType,
  type RequestFinalizeBlock,
  type ResponseFinalizeBlock,
} from "#proto/gen/tendermint/abci.ts";
import { processMetrics } from "./process-metrics.ts";

/** What is read only when somebody asks for the metrics. */
export interface MetricSources {
  height(): bigint;
  waiting(): { readonly txs: number; readonly bytes: number };
  usage(): StoreUsage;
}

/** The metrics of the app's process. */
export interface AppMetrics {
  /** The application, its calls counted and timed; some microseconds a call, and nothing a transaction. */
  measured(application: Application, sources: MetricSources): Application;
  /** A proof was judged. */
  proof(valid: boolean, durationMs: number): void;
  /** In the text form of Prometheus. */
  text(): Promise<string>;
}

const CALL_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const BLOCK_BUCKETS_S = [0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 30, 60, 300];
const PROOF_BUCKETS_S = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

/** New metrics, all of them at zero. */
export function newAppMetrics(): AppMetrics {
  const registry = new Registry();
  const registers = [registry];
  processMetrics(registry, "iterum_app");
  const blocks = blockMetrics(registry);
  const calls = callMetrics(registry);
  const proofs = new Histogram({
    ...{ name: "iterum_proof_seconds", help: "Time to judge a proof, a wait for a thread included." },
    ...{ labelNames: ["verdict"] as const, buckets: PROOF_BUCKETS_S, registers },
  });
  return {
    measured(application, sources) {
      stateMetrics(registry, sources);
      return { ...application, ...blocks(application), ...calls(application) };
    },
    proof: (valid, durationMs) => proofs.observe({ verdict: valid ? "valid" : "invalid" }, durationMs / 1000),
    text: () => registry.metrics(),
  };
}

/** Seconds since a moment of `performance.now()`. */
const since = (startMs: number): number => (performance.now() - startMs) / 1000;

type Calls = Pick<
  Application,
  "prepareProposal" | "processProposal" | "commit" | "checkTx" | "insertTx" | "query"
>;

function callMetrics(registry: Registry): (application: Application) => Calls {
  const registers = [registry];
  const calls = new Histogram({
    ...{ name: "iterum_abci_seconds", help: "Time of the calls that consensus waits for." },
    ...{ labelNames: ["method"] as const, buckets: CALL_BUCKETS_S, registers },
  });
  const checks = checkTallies(registry);
  const queries = new Histogram({
    ...{ name: "iterum_query_seconds", help: "Time of queries, a wait for a thread included." },
    ...{ labelNames: ["result"] as const, buckets: CALL_BUCKETS_S, registers },
  });
  const timed = async <T>(method: string, work: () => T | Promise<T>): Promise<T> => {
    const startMs = performance.now();
    const result = await work();
    calls.observe({ method }, since(startMs));
    return result;
  };
  return (app) => ({
    prepareProposal: (request) => timed("prepare_proposal", () => app.prepareProposal(request)),
    processProposal: (request) => timed("process_proposal", () => app.processProposal(request)),
    commit: (request) => timed("commit", () => app.commit(request)),
    checkTx: (request) =>
      checks(request.type === CheckTxType.RECHECK ? "recheck" : "client", app.checkTx(request)),
    insertTx: (request) => checks("peer", app.insertTx(request)),
    async query(request) {
      const startMs = performance.now();
      const answer = await app.query(request);
      const { code } = answer;
      const result = code === 0 ? "answered" : code === CODE_PANIC ? "failed" : "refused";
      queries.observe({ result }, since(startMs));
      return answer;
    },
  });
}

type Source = "client" | "recheck" | "peer";

/** Counts what the mempool says, in plain numbers: it is asked of every transaction several times. */
function checkTallies(registry: Registry) {
  const tally = () => ({ taken: 0, refused: 0 });
  const tallies = { client: tally(), recheck: tally(), peer: tally() };
  new Counter({
    ...{ name: "iterum_checked_txs_total", help: "Transactions offered to the mempool." },
    ...{ labelNames: ["source", "result"] as const, registers: [registry] },
    collect() {
      this.reset();
      for (const [source, { taken, refused }] of Object.entries(tallies)) {
        this.inc({ source, result: "taken" }, taken);
        this.inc({ source, result: "refused" }, refused);
      }
    },
  });
  return <A extends { readonly code: number }>(source: Source, answer: Awaitable<A>): Awaitable<A> => {
    const count = (given: A): A => {
      tallies[source][given.code === 0 ? "taken" : "refused"]++;
      return given;
    };
    return answer instanceof Promise ? answer.then(count) : count(answer);
  };
}

function blockMetrics(registry: Registry): (application: Application) => Pick<Application, "finalizeBlock"> {
  const registers = [registry];
  const durations = new Histogram({
    ...{
      name: "iterum_finalize_block_seconds",
      help: "Time of FinalizeBlock; a block that ran when it was proposed does not run again.",
    },
    ...{ buckets: CALL_BUCKETS_S, registers },
  });
  const intervals = new Histogram({
    ...{
      name: "iterum_block_interval_seconds",
      help: "Time between a block and the one before, by headers.",
    },
    ...{ buckets: BLOCK_BUCKETS_S, registers },
  });
  const txs = new Counter({
    ...{ name: "iterum_block_txs_total", help: "Transactions in blocks." },
    ...{ labelNames: ["result"] as const, registers },
  });
  const gas = new Counter({ name: "iterum_block_gas_total", help: "Gas that blocks used.", registers });
  let beforeS: number | undefined;

  const note = (request: RequestFinalizeBlock, { txResults }: ResponseFinalizeBlock): void => {
    const { time } = request;
    if (time) {
      const timeS = Number(time.seconds) + time.nanos / 1e9;
      if (beforeS !== undefined) intervals.observe(timeS - beforeS);
      beforeS = timeS;
    }
    let [failed, gasUsed] = [0, 0];
    for (const { code, gasUsed: used } of txResults) {
      if (code !== 0) failed++;
      gasUsed += Number(used);
    }
    txs.inc({ result: "ok" }, txResults.length - failed);
    txs.inc({ result: "failed" }, failed);
    gas.inc(gasUsed);
  };
  return (app) => ({
    async finalizeBlock(request) {
      const startMs = performance.now();
      const answer = await app.finalizeBlock(request);
      durations.observe(since(startMs));
      note(request, answer);
      return answer;
    },
  });
}

/** Gauges over what the app holds. */
function stateMetrics(registry: Registry, { height, waiting, usage }: MetricSources): void {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      ...{ name, help, registers },
      collect() {
        this.set(read());
      },
    });
  };
  gauge("iterum_app_height", "Height of the last block that is in the state.", () => Number(height()));
  gauge("iterum_mempool_txs", "Transactions that wait for a block.", () => waiting().txs);
  gauge("iterum_mempool_bytes", "Their bytes.", () => waiting().bytes);
  gauge(
    "iterum_leveldb_memory_bytes",
    "Memory that LevelDB takes by its own account.",
    () => usage().mapBytes,
  );
  new Gauge({
    ...{ name: "iterum_store_cache_bytes", help: "Memory of the state's caches.", registers },
    labelNames: ["cache"] as const,
    collect() {
      const { entries, pages } = usage();
      this.set({ cache: "entries" }, entries.bytes);
      this.set({ cache: "pages" }, pages.bytes);
    },
  });
  new Counter({
    ...{ name: "iterum_store_cache_reads_total", help: "Reads of the state's caches.", registers },
    labelNames: ["cache", "result"] as const,
    collect() {
      const { entries, pages } = usage();
      this.reset();
      for (const [cache, { hits, misses }] of Object.entries({ entries, pages })) {
        this.inc({ cache, result: "hit" }, hits);
        this.inc({ cache, result: "miss" }, misses);
      }
    },
  });
}
