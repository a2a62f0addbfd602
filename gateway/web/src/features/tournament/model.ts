// State of a tournament, folded from topic 0: each event is the new state of one thing.
import type { Frame } from "../../../gen/matchpoint/v1/frames_pb";
import { Side } from "../../../gen/matchpoint/v1/pong_pb";
import {
  type Entrant,
  EntrantState,
  type LiveScore,
  type Pairing,
  PairingState,
  type PairingSide,
  type Scoreboard,
  type Standings,
  type TournamentResult,
  type TournamentSpec,
  type TournamentState,
  type TournamentStatus,
} from "../../../gen/matchpoint/v1/tournament_pb";
import { botName } from "./labels";

export class Tournament {
  epoch = 0;
  seq = 0;
  spec: TournamentSpec | undefined;
  status: TournamentStatus | undefined;
  standings: Standings | undefined;
  result: TournamentResult | undefined;
  scoreboard: Scoreboard | undefined;
  readonly entrants = new Map<number, Entrant>();
  /** In the order of their numbers. */
  readonly pairings = new Map<number, Pairing>();
  #scores = new Map<number, LiveScore>();

  /** Folds a frame of topic 0. Returns whether there was anything new in it. */
  fold(frame: Frame): boolean {
    const state = frame.snapshot?.tournament;
    if (state) {
      this.replace(state);
      this.epoch = frame.epoch;
      this.seq = frame.seq;
      return true;
    }
    // State from before a reconnection is sent again only as a whole.
    if (frame.epoch < this.epoch || (frame.epoch === this.epoch && frame.seq <= this.seq)) return false;
    this.epoch = frame.epoch;
    this.seq = frame.seq;
    for (const { body } of frame.events) {
      switch (body.case) {
        case "status":
          this.status = body.value;
          break;
        case "entrant":
          this.entrants.set(body.value.entrant, body.value);
          break;
        case "draw":
          body.value.entrants.forEach((number, index) => {
            const entrant = this.entrants.get(number);
            if (entrant) this.entrants.set(number, { ...entrant, seed: index + 1 });
          });
          break;
        case "pairing":
          this.#pair(body.value);
          break;
        case "standings":
          this.standings = body.value;
          break;
        case "tournamentResult":
          this.result = body.value;
          if (body.value.standings) this.standings = body.value.standings;
          break;
      }
    }
    return true;
  }

  /** Takes the whole state: a snapshot, or what is kept of a tournament that is over. */
  replace(state: TournamentState): void {
    this.spec = state.spec;
    this.status = state.status;
    this.standings = state.standings ?? state.result?.standings;
    this.result = state.result;
    this.entrants.clear();
    for (const entrant of state.entrants) this.entrants.set(entrant.entrant, entrant);
    this.pairings.clear();
    for (const pairing of state.pairings) this.#pair(pairing);
    if (state.scoreboard) this.score(state.scoreboard);
  }

  /** Takes the scores of what is on; they are not numbered. */
  score(scoreboard: Scoreboard): void {
    this.scoreboard = scoreboard;
    this.#scores = new Map(scoreboard.scores.map((score) => [score.pairing, score]));
  }

  #pair(pairing: Pairing): void {
    const last = this.pairings.size ? [...this.pairings.keys()][this.pairings.size - 1]! : 0;
    const known = this.pairings.has(pairing.pairing);
    this.pairings.set(pairing.pairing, pairing);
    if (known || pairing.pairing > last) return;
    const sorted = [...this.pairings.values()].sort((a, b) => a.pairing - b.pairing);
    this.pairings.clear();
    for (const each of sorted) this.pairings.set(each.pairing, each);
  }

  /** The score of a pairing's match that is on. The last word on scores may be older than a result. */
  live(pairing: number): LiveScore | undefined {
    const known = this.pairings.get(pairing);
    return known && isDecided(known) ? undefined : this.#scores.get(pairing);
  }

  /** Champion, also a provisional one by the table; undefined when nobody is first alone. */
  get champion(): number | undefined {
    if (this.result) return this.result.hasChampion ? this.result.champion : undefined;
    const [first, ...others] = (this.standings?.lines ?? []).filter(
      ({ group, place, final }) => !group && place === 1 && final,
    );
    return others.length ? undefined : first?.entrant;
  }

  /** The entrant that an account is, if it takes part. */
  entrantOf(account: string): Entrant | undefined {
    return account ? [...this.entrants.values()].find((entrant) => entrant.accountId === account) : undefined;
  }

  /** Name of an entrant; bots in the language of the page, with their number when there are several. */
  nameOf(entrant: number | undefined): string | undefined {
    const known = entrant === undefined ? undefined : this.entrants.get(entrant);
    return known?.bot ? botName(known.name) : known?.name;
  }

  /** Next pairing of an entrant: the one that is called or on, else one that waits for them. */
  nextOf(entrant: number): Pairing | undefined {
    const open = [...this.pairings.values()].filter((pairing) => !isDecided(pairing) && meets(pairing, entrant));
    const called = open.filter(({ state }) => state === PairingState.CALLED || state === PairingState.PLAYING);
    return called[0] ?? open[0];
  }

  /** The pairings of an entrant, in order. */
  pathOf(entrant: number): Pairing[] {
    return [...this.pairings.values()].filter((pairing) => meets(pairing, entrant));
  }

  /** Rounds of its part of the bracket that come after a pairing; 0 is that part's final. */
  roundsAfter({ stage, round }: Pairing): number {
    let last = round;
    for (const each of this.pairings.values()) if (each.stage === stage) last = Math.max(last, each.round);
    return last - round;
  }

  /** Still in it. */
  isIn(entrant: number): boolean {
    const state = this.entrants.get(entrant)?.state;
    return state === EntrantState.IN || state === EntrantState.EXPECTED;
  }
}

export const isDecided = ({ state }: Pairing): boolean =>
  state === PairingState.DECIDED || state === PairingState.SKIPPED;

/** The entrant on a side; undefined while it is open, or empty for good. */
export const entrantAt = (side: PairingSide | undefined): number | undefined =>
  side?.who.case === "entrant" ? side.who.value : undefined;

export const meets = (pairing: Pairing, entrant: number): boolean =>
  entrantAt(pairing.left) === entrant || entrantAt(pairing.right) === entrant;

/** Nobody will ever be on that side. */
export const isEmpty = (side: PairingSide | undefined): boolean => side?.who.case === "nobody";

/** Nothing was or will be played here: one side is empty. */
export const isBye = (pairing: Pairing): boolean => isEmpty(pairing.left) || isEmpty(pairing.right);

export function winnerOf(pairing: Pairing): number | undefined {
  if (pairing.winner === Side.LEFT) return entrantAt(pairing.left);
  return pairing.winner === Side.RIGHT ? entrantAt(pairing.right) : undefined;
}
