import assert from "node:assert/strict";
import { test } from "node:test";
import { errors as genesisErrors } from "#chain/kernel/genesis.ts";
import { errors as authErrors } from "#modules/auth/errors.ts";
import { errors as bankErrors } from "#modules/bank/errors.ts";
import { errors as communityErrors } from "#modules/community/errors.ts";
import { errors as electionsErrors } from "#modules/elections/errors.ts";
import { errors as marketsErrors } from "#modules/markets/errors.ts";
import { errors as rewardsErrors } from "#modules/rewards/errors.ts";
import { errors as roundsErrors } from "#modules/rounds/errors.ts";
import { errors as treasuryErrors } from "#modules/treasury/errors.ts";
import { Account, GenesisState as Auth } from "#proto/gen/iterum/auth.ts";
import { GenesisState as Bank } from "#proto/gen/iterum/bank.ts";
import { GenesisState as Community } from "#proto/gen/iterum/community.ts";
import { GenesisState as Elections } from "#proto/gen/iterum/elections.ts";
import { GenesisState as Rounds } from "#proto/gen/iterum/rounds.ts";
import { GenesisState as Treasury } from "#proto/gen/iterum/treasury.ts";
import { people } from "#test/kit/accounts.ts";
import { DENOM, GAME_ID } from "#test/kit/genesis.ts";
import { changed, first, refusesGenesis, twice } from "./genesis-kit.ts";

const auth = changed("auth", Auth);
const bank = changed("bank", Bank);
const community = changed("community", Community);
const treasury = changed("treasury", Treasury);
const rounds = changed("rounds", Rounds);
const elections = changed("elections", Elections);

test("an app state with an unknown module or a state that does not decode is refused", () => {
  refusesGenesis(genesisErrors.UnknownModule, (state) => ({ ...state, casino: {} }));
  refusesGenesis(genesisErrors.BadState, (state) => ({ ...state, bank: { balances: 7 } }));
  refusesGenesis(genesisErrors.BadState, (state) => ({ ...state, bank: { surprise: [] } }));
});

test("accounts and balances that contradict each other are refused", () => {
  const account = Account.zero();
  const [ann] = people("ann");
  assert.ok(ann);
  const mine = { ...account, address: ann.address };
  refusesGenesis(
    authErrors.BadGenesis,
    auth(() => ({ params: undefined })),
  );
  refusesGenesis(
    authErrors.BadGenesis,
    auth(() => ({ accounts: [account], nextAccountNumber: 1n })),
  );
  refusesGenesis(
    authErrors.BadGenesis,
    auth(() => ({ accounts: [mine, mine], nextAccountNumber: 1n })),
  );
  refusesGenesis(
    authErrors.BadGenesis,
    auth(() => ({ accounts: [mine], nextAccountNumber: 0n })),
  );
  refusesGenesis(
    authErrors.BadGenesis,
    auth(({ params }) => ({ params: params && { ...params, feeCollector: ann.address } })),
  );
  refusesGenesis(
    bankErrors.BadGenesis,
    bank(({ balances }) => ({ balances: twice(balances) })),
  );
  refusesGenesis(
    bankErrors.BadGenesis,
    bank(({ balances }) => ({ balances: first(balances, { amount: 0n }) })),
  );
  refusesGenesis(
    bankErrors.BadGenesis,
    bank(({ balances }) => ({ balances: first(balances, { denom: "1" }) })),
  );
  refusesGenesis(
    bankErrors.BadGenesis,
    bank(({ balances }) => ({ balances: first(balances, { address: "x" }) })),
  );
  const most = (1n << 128n) - 1n;
  refusesGenesis(
    bankErrors.Overflow,
    bank(({ balances }) => ({ balances: first(balances, { amount: most }) })),
  );
});

test("members that are none, or bound to nothing, are refused", () => {
  const change = (part: Parameters<typeof first<Community["members"][number]>>[1]) =>
    community(({ members }) => ({ members: first(members, part) }));
  refusesGenesis(communityErrors.BadGenesis, change({ address: "x" }));
  refusesGenesis(communityErrors.BadGenesis, change({ weight: 0n }));
  refusesGenesis(communityErrors.BadGenesis, change({ ethereumAddress: new Uint8Array(0) }));
  refusesGenesis(
    communityErrors.BadGenesis,
    community(({ members }) => ({ members: twice(members) })),
  );
  refusesGenesis(communityErrors.BadBinding, change({ bindingSignature: new Uint8Array(65) }));
});

test("budgets without the coins, or in another denom than the game's, are refused", () => {
  refusesGenesis(
    treasuryErrors.BadGenesis,
    treasury(({ budgets }) => ({ budgets: twice(budgets) })),
  );
  refusesGenesis(
    treasuryErrors.BadGenesis,
    treasury(({ budgets }) => ({ budgets: first(budgets, { available: 1n }) })),
  );
  refusesGenesis(
    marketsErrors.BadRule,
    rounds(({ games }) => ({ games: first(games, { denom: "gold" }) })),
  );
});

test("a game that cannot be played is refused", () => {
  const game = (part: Parameters<typeof first<Rounds["games"][number]>>[1]) =>
    rounds(({ games }) => ({ games: first(games, part) }));
  const bad = roundsErrors.BadGame;
  refusesGenesis(
    bad,
    rounds(() => ({ params: undefined })),
  );
  refusesGenesis(
    bad,
    rounds(({ games }) => ({ games: twice(games) })),
  );
  refusesGenesis(bad, game({ gameId: "Not A Name" }));
  refusesGenesis(bad, game({ classes: 1 }));
  refusesGenesis(bad, game({ classes: 17 }));
  refusesGenesis(bad, game({ denom: "" }));
  refusesGenesis(bad, game({ labelValues: 1 }));
  refusesGenesis(bad, game({ labelValues: 1_000_002 }));
  refusesGenesis(rewardsErrors.BadRule, game({ labelValues: 1_000_001 }));
  refusesGenesis(bad, game({ schedule: undefined }));
  refusesGenesis(bad, (state) => state, { schedule: { revealInputs: 0 } });
  refusesGenesis(bad, (state) => state, { schedule: { open: 35 } });
  refusesGenesis(
    bad,
    rounds(() => ({ params: { dev: false, denom: DENOM } })),
  );
});

test("an election that cannot be held is refused", () => {
  const rule = (part: Parameters<typeof first<Elections["elections"][number]>>[1]) =>
    elections((genesis) => ({ elections: first(genesis.elections, part) }));
  const bad = electionsErrors.BadElection;
  for (const part of [
    { mechanism: "auction" },
    { committee: 0 },
    { committee: 255, alternates: 2, itemsMax: 1_000 },
    { itemsMax: 2 },
    { itemsMax: 1_001 },
    { itemsMin: 0 },
    { itemsMin: 13 },
    { quorumSets: 0 },
    { quorumSets: 4 },
    { panel: 2 },
  ])
    refusesGenesis(bad, rule(part));
  refusesGenesis(bad, (state) => state, { schedule: { label: 1 } });
  refusesGenesis(bad, (state) => state, { panel: 1, schedule: { label: 0 } });
  refusesGenesis(
    electionsErrors.BadGenesis,
    elections((genesis) => ({ elections: twice(genesis.elections) })),
  );
  refusesGenesis(roundsErrors.NoGame, rule({ gameId: "chess" }));
  const key = {
    validator: new Uint8Array(20),
    publicKey: new Uint8Array(96),
    possession: new Uint8Array(48),
  };
  refusesGenesis(
    electionsErrors.BadGenesis,
    elections(() => ({ beaconKeys: [key] })),
  );
  const empty = { gameId: GAME_ID, roundId: 1n };
  refusesGenesis(
    electionsErrors.BadGenesis,
    elections(() => ({ seats: [{ ...empty, seat: undefined }] })),
  );
  refusesGenesis(
    electionsErrors.BadGenesis,
    elections(() => ({ candidates: [{ ...empty, candidate: undefined }] })),
  );
});
