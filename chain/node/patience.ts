/** How patient a supervisor is. */
export interface Patience {
  /** Pause before the first restart; it doubles up to `pauseMaxMs` while the node keeps dying. */
  readonly pauseMinMs: number;
  readonly pauseMaxMs: number;
  /** A node that ran so long has recovered: the next failure waits little again. */
  readonly healthyMs: number;
  /** Restarts at one height after which a broken rule of the state machine is taken for lasting. */
  readonly bugsMax: number;
  /** How often the disk is looked at while a node waits for space, and what must be free. */
  readonly diskPollMs: number;
  readonly freeBytesMin: number;
  readonly firstBlockMs: number;
  /** Grace of CometBFT and of the app when they are asked to stop: together ten seconds at most. */
  readonly cometStopMs: number;
  readonly appStopMs: number;
}

/** Suits a node that nobody watches. */
export const PATIENCE: Patience = {
  pauseMinMs: 250,
  pauseMaxMs: 10_000,
  healthyMs: 60_000,
  bugsMax: 5,
  diskPollMs: 5_000,
  freeBytesMin: 64 << 20,
  firstBlockMs: 60_000,
  cometStopMs: 6_000,
  appStopMs: 3_000,
};
