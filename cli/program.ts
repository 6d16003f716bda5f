import { Command } from "commander";
import { denounceCommand, suspectCommand } from "./commands/accuse.ts";
import { apiCommand } from "./commands/api.ts";
import { appCommand } from "./commands/app.ts";
import { configCommand } from "./commands/config.ts";
import { dataCommand } from "./commands/data.ts";
import { demoCommand } from "./commands/demo.ts";
import { exportCommand } from "./commands/export.ts";
import { forkCommand } from "./commands/fork.ts";
import { genesisCommand } from "./commands/genesis.ts";
import { govCommand } from "./commands/gov.ts";
import { importCommand } from "./commands/import.ts";
import { initCommand } from "./commands/init.ts";
import { joinCommand } from "./commands/join.ts";
import { keysCommand } from "./commands/keys.ts";
import { localnetCommand } from "./commands/localnet.ts";
import { memberCommand } from "./commands/member.ts";
import { operatorCommand } from "./commands/operator.ts";
import { proverCommand } from "./commands/prover.ts";
import { queryCommand } from "./commands/query.ts";
import { registryCommand } from "./commands/registry.ts";
import { replayCommand } from "./commands/replay.ts";
import { rewardCommand } from "./commands/reward.ts";
import { rewardsCommand } from "./commands/rewards.ts";
import { rollbackCommand } from "./commands/rollback.ts";
import { snapshotCommand } from "./commands/snapshot.ts";
import { standingsCommand } from "./commands/standings.ts";
import { startCommand } from "./commands/start.ts";
import { statusCommand } from "./commands/status.ts";
import { stopCommand } from "./commands/stop.ts";
import { storeCommand } from "./commands/store.ts";
import { tradeCommand } from "./commands/trade.ts";
import { trainerCommand } from "./commands/trainer.ts";
import { txCommand } from "./commands/tx.ts";
import { upgradeCommand } from "./commands/upgrade.ts";
import { validatorCommand } from "./commands/validator.ts";
import { version } from "./version.ts";

const about = "A chain on which communities run iterated prediction games for machine learning.";

const commands = [
  demoCommand,
  initCommand,
  joinCommand,
  genesisCommand,
  startCommand,
  stopCommand,
  statusCommand,
  localnetCommand,
  configCommand,
  appCommand,
  apiCommand,
  registryCommand,
  keysCommand,
  txCommand,
  queryCommand,
  govCommand,
  validatorCommand,
  rewardsCommand,
  tradeCommand,
  denounceCommand,
  suspectCommand,
  memberCommand,
  operatorCommand,
  trainerCommand,
  proverCommand,
  dataCommand,
  rewardCommand,
  replayCommand,
  standingsCommand,
  exportCommand,
  importCommand,
  forkCommand,
  () => upgradeCommand(),
  storeCommand,
  snapshotCommand,
  rollbackCommand,
];

/** Usage errors leave with 2 and commander's own line; `--help` and `--version` with 0. */
function strict(command: Command): Command {
  command.exitOverride().showHelpAfterError("(--help tells more)");
  for (const sub of command.commands) strict(sub);
  return command;
}

/** The program `iterum` with all its commands. */
export function program(): Command {
  const root = new Command("iterum").description(about).version(version);
  for (const command of commands) root.addCommand(command());
  return strict(root);
}
