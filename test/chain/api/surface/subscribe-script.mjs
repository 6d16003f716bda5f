// Waits for a transfer over WebSocket, as the documentation of @cosmjs/tendermint-rpc shows.
//   node subscribe-script.mjs WEBSOCKET RECIPIENT
// Says "listening" at the first block, and the height of the transfer. A process of its own, as its client
// goes on connecting after it was told to disconnect.
import { Comet38Client } from "@cosmjs/tendermint-rpc";

const [url = "", recipient = ""] = process.argv.slice(2);
const comet = await Comet38Client.connect(url);
const transfers = comet.subscribeTx(`tm.event='Tx' AND transfer.recipient='${recipient}'`);
transfers.addListener({
  next: ({ height }) => process.stdout.write(`${height}\n`, () => process.exit(0)),
  error: (error) => {
    console.error(error);
    process.exit(1);
  },
});
let isSaid = false;
comet.subscribeNewBlock().addListener({
  next: () => {
    if (!isSaid) console.log("listening");
    isSaid = true;
  },
});
