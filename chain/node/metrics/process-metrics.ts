import { performance } from "node:perf_hooks";
import { Counter, Gauge, type Registry } from "prom-client";

/**
 * Memory, processor time and open handles of this process, read when somebody asks: those that come with the
 * library keep timers and observers of their own, which a thread of consensus need not carry.
 */
export function processMetrics(registry: Registry, prefix: string): void {
  const registers = [registry];
  new Gauge({
    ...{ name: `${prefix}_memory_bytes`, help: "Memory of the process by kind.", registers },
    labelNames: ["kind"] as const,
    collect() {
      const { rss, heapTotal, heapUsed, external, arrayBuffers } = process.memoryUsage();
      const kinds = {
        rss,
        heap_total: heapTotal,
        heap_used: heapUsed,
        external,
        array_buffers: arrayBuffers,
      };
      for (const [kind, bytes] of Object.entries(kinds)) this.set({ kind }, bytes);
    },
  });
  new Counter({
    ...{ name: `${prefix}_cpu_seconds_total`, help: "Processor time of the process.", registers },
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  new Gauge({
    ...{
      name: `${prefix}_loop_busy_ratio`,
      help: "Share of its life that the main thread was busy.",
      registers,
    },
    collect() {
      this.set(performance.eventLoopUtilization().utilization);
    },
  });
  new Gauge({
    ...{ name: `${prefix}_handles`, help: "Open sockets, timers and the like.", registers },
    collect() {
      this.set(process.getActiveResourcesInfo().length);
    },
  });
  const startedS = Date.now() / 1000 - process.uptime();
  new Gauge({
    ...{ name: `${prefix}_start_time_seconds`, help: "When the process was started, since 1970.", registers },
    collect() {
      this.set(startedS);
    },
  });
}
