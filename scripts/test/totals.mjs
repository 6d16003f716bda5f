/**
 * A reporter for Node's test runner that writes only the counts of the whole run, as JSON.
 * @param {AsyncIterable<{ type: string, data: any }>} events
 * @returns {AsyncGenerator<string>}
 */
// biome-ignore lint/style/noDefaultExport: the test runner takes a reporter's default export
export default async function* totals(events) {
  for await (const { type, data } of events) {
    if (type !== "test:summary" || data.file !== undefined) continue;
    const { topLevel: _, passed: pass, failed: fail, ...rest } = data.counts;
    yield `${JSON.stringify({ ...rest, pass, fail })}\n`;
  }
}
