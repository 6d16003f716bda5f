const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
/** Work shorter than this says nothing while it runs. */
const quietMs = 2_000;
const plainEveryMs = 15_000;

/**
 * @typedef {object} Progress
 * @property {(name: string, hint: string) => (done?: string) => void} start announces a piece of work;
 *   the returned function ends it, with a line if it says what was done
 * @property {(line: string) => void} say prints one line now
 * @property {() => void} stop takes the moving line away
 */

/**
 * Shows what runs and for how long: one moving line on a terminal, now and then a plain line elsewhere.
 * @param {{ stream: NodeJS.WriteStream, quiet: boolean }} options
 * @returns {Progress}
 */
export function newProgress({ stream, quiet }) {
  /** @type {Map<string, { begin: number, hint: string }>} */
  const active = new Map();
  const moving = stream.isTTY === true && !quiet;
  let frame = 0;
  let shown = false;
  let nextPlain = 0;

  const clear = () => {
    if (shown) stream.write("\r\u001b[2K");
    shown = false;
  };
  /** @param {string} line */
  const say = (line) => {
    if (quiet) return;
    clear();
    stream.write(`${line}\n`);
  };
  const tick = () => {
    const now = Date.now();
    const parts = [...active]
      .filter(([, { begin }]) => now - begin >= quietMs)
      .map(([name, { begin, hint }]) => `${name} ${seconds(now - begin)} (${hint})`);
    if (quiet || parts.length === 0) return;
    if (moving) {
      clear();
      frame = (frame + 1) % frames.length;
      stream.write(`${frames[frame]} ${parts.join(" · ")}`.slice(0, (stream.columns || 80) - 1));
      shown = true;
    } else if (now >= nextPlain) {
      say(`… ${parts.join(" · ")}`);
      nextPlain = now + plainEveryMs;
    }
  };
  const timer = setInterval(tick, moving ? 100 : 500);
  timer.unref();
  return {
    start(name, hint) {
      const begin = Date.now();
      active.set(name, { begin, hint });
      return (done) => {
        active.delete(name);
        if (done !== undefined) say(`✓ ${done} (${seconds(Date.now() - begin)})`);
      };
    },
    say,
    stop() {
      clearInterval(timer);
      clear();
    },
  };
}

/** @param {number} ms */
export function seconds(ms) {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}
