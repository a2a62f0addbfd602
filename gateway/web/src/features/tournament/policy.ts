// Acts that an organiser can do now, as far as a page can tell: the server has the last word.
import { Side } from "../../../gen/matchpoint/v1/pong_pb";
import {
  type Pairing,
  PairingKind,
  PairingState,
  Stage,
  TournamentPhase,
} from "../../../gen/matchpoint/v1/tournament_pb";
import { formatOf, mostIn } from "./formats";
import { type Tournament, entrantAt } from "./model";

/** Entrants that a tournament can have, those who wait included. */
const MOST = 256;

/** True if its result can be corrected: both sides are known, and no match of it is on. */
export const canCorrect = (pairing: Pairing): boolean =>
  entrantAt(pairing.left) !== undefined &&
  entrantAt(pairing.right) !== undefined &&
  pairing.state !== PairingState.PLAYING &&
  pairing.state !== PairingState.SKIPPED;

/** Possible kinds of decision of a pairing for `winner`. A knockout has no draw. */
export function correctionKindsOf({ stage }: Pairing, winner: Side): PairingKind[] {
  if (winner) return [PairingKind.PLAYED, PairingKind.FORFEIT, PairingKind.WALKOVER];
  const level = stage === Stage.GROUP || stage === Stage.SWISS ? [PairingKind.PLAYED] : [];
  return [...level, PairingKind.DOUBLE_FORFEIT, PairingKind.CANCELLED];
}

/** True while late entrants are possible: during check-in, and in the first half of a Swiss. */
export function acceptsLateEntrants(tournament: Tournament): boolean {
  const { spec, status, entrants } = tournament;
  if (!spec || !status || entrants.size >= MOST) return false;
  const format = formatOf(spec);
  if (status.phase === TournamentPhase.CHECK_IN)
    return (
      !!spec.waitingFrom || [...entrants.keys()].filter((entrant) => tournament.isIn(entrant)).length < mostIn(format)
    );
  return format === "swiss" && status.phase !== TournamentPhase.OVER && 2 * status.roundsDrawn <= status.rounds;
}
