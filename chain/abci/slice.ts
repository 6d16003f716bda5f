/**
 * Work of the thread that serves consensus goes on for so long at a time, in milliseconds; then the sockets
 * are read again: CometBFT's client keeps a core busy while its peer does not read, and a request of
 * consensus may have arrived.
 */
export const SLICE_MS = 4;
