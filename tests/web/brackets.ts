// Brackets for tests and screenshots: as a game server would send them, for any number of entrants.
import { type MessageInitShape, create } from "@bufbuild/protobuf";
import { Side } from "../../gateway/web/gen/matchpoint/v1/pong_pb";
import {
  EntrantState,
  PairingKind,
  PairingSchema,
  PairingState,
  type PairingSideSchema,
  Stage,
  TournamentPhase,
  type TournamentState,
  TournamentStateSchema,
} from "../../gateway/web/gen/matchpoint/v1/tournament_pb";

type SideInit = MessageInitShape<typeof PairingSideSchema>;
type Sent = MessageInitShape<typeof PairingSchema> & { pairing: number };

const NOBODY: SideInit = { who: { case: "nobody", value: {} } };
const entrant = (value: number): SideInit => ({ who: { case: "entrant", value } });
const winnerOf = (value: number): SideInit => ({ who: { case: "winnerOf", value } });
const loserOf = (value: number): SideInit => ({ who: { case: "loserOf", value } });

/** Seeds in the order of the first round, for a power of two. */
export function seedOrder(size: number): number[] {
  let order = [1];
  while (order.length < size) order = order.flatMap((seed) => [seed, 2 * order.length + 1 - seed]);
  return order;
}

function state(count: number, pairings: Sent[]): TournamentState {
  const entrants = Array.from({ length: count }, (_, i) => ({
    entrant: i,
    name: NAMES[i % NAMES.length]! + (i < NAMES.length ? "" : ` ${i}`),
    accountId: `a${i}`,
    seed: i + 1,
    state: EntrantState.IN,
  }));
  return create(TournamentStateSchema, {
    sessionId: "t",
    spec: { title: "The Cup" },
    status: { phase: TournamentPhase.PLAYING },
    entrants,
    pairings,
  });
}

const NAMES = [
  "Ada",
  "민준",
  "Grace",
  "서연",
  "Alan",
  "도윤",
  "Edsger",
  "하은",
  "Barbara",
  "지호",
  "Donald",
  "수아",
  "Margaret",
  "예준",
  "Dennis",
  "지우",
];

/** A single elimination that nobody has played yet. */
export function single(count: number, thirdPlace = false): TournamentState {
  const pairings: Sent[] = [];
  rounds(count, Stage.KNOCKOUT, pairings);
  if (thirdPlace && count > 3) {
    const n = pairings.length;
    pairings.push({
      pairing: n + 1,
      stage: Stage.THIRD_PLACE,
      round: 1,
      index: 1,
      state: PairingState.OPEN,
      left: loserOf(n - 2),
      right: loserOf(n - 1),
    });
  }
  return state(count, pairings);
}

/** A double elimination that nobody has played yet, with its grand final and the reset. */
export function double(count: number): TournamentState {
  const pairings: Sent[] = [];
  const upper = rounds(count, Stage.WINNERS, pairings);
  let before = upper[0]!;
  let round = 0;
  for (let level = 1; level < upper.length; level++) {
    for (const dropIns of [false, true]) {
      const from = before;
      round++;
      const here: number[] = [];
      const size = upper[level]!.length;
      for (let i = 0; i < size; i++) {
        const [left, right] = !dropIns
          ? round === 1
            ? [loserOf(from[2 * i]!), loserOf(from[2 * i + 1]!)]
            : [winnerOf(from[2 * i]!), winnerOf(from[2 * i + 1]!)]
          : [loserOf(upper[level]![i]!), winnerOf(from[i]!)];
        here.push(add(pairings, Stage.LOSERS, round, i + 1, left, right));
      }
      before = here;
    }
  }
  const final = upper[upper.length - 1]![0]!;
  const grand = add(pairings, Stage.GRAND_FINAL, 1, 1, winnerOf(final), winnerOf(before[0]!));
  add(pairings, Stage.GRAND_FINAL, 2, 1, winnerOf(grand), loserOf(grand));
  return state(count, pairings);
}

function add(pairings: Sent[], stage: Stage, round: number, index: number, left: SideInit, right: SideInit): number {
  const pairing = pairings.length + 1;
  const known = left.who?.case === "entrant" && right.who?.case === "entrant";
  const bye = left.who?.case === "nobody" || right.who?.case === "nobody";
  const undecided = known ? PairingState.READY : PairingState.OPEN;
  const present = left.who?.case === "nobody" ? Side.RIGHT : Side.LEFT;
  pairings.push({
    pairing,
    stage,
    round,
    index,
    bestOf: 1,
    left,
    right,
    state: bye ? PairingState.DECIDED : undecided,
    kind: bye ? PairingKind.BYE : PairingKind.UNSPECIFIED,
    winner: bye ? present : Side.UNSPECIFIED,
  });
  return pairing;
}

function rounds(count: number, stage: Stage, pairings: Sent[]): number[][] {
  let size = 2;
  while (size < count) size *= 2;
  const order = seedOrder(size);
  const made: number[][] = [];
  let sides: SideInit[] = order.map((seed) => (seed <= count ? entrant(seed - 1) : NOBODY));
  for (let round = 1; sides.length > 1; round++) {
    const here: number[] = [];
    const next: SideInit[] = [];
    for (let i = 0; i < sides.length / 2; i++) {
      const [left, right] = [sides[2 * i]!, sides[2 * i + 1]!];
      const number = add(pairings, stage, round, i + 1, left, right);
      here.push(number);
      if (right.who?.case === "nobody") next.push(left);
      else next.push(left.who?.case === "nobody" ? right : winnerOf(number));
    }
    made.push(here);
    sides = next;
  }
  return made;
}
