// End of a tournament: the podium, the event in figures, and every match with its replay.
import { type TemplateResult, html, nothing } from "lit";
import { Side } from "../../../gen/matchpoint/v1/pong_pb";
import { type Pairing, PairingKind } from "../../../gen/matchpoint/v1/tournament_pb";
import { durationText, integerText } from "../../i18n";
import { clockOf } from "./announcement";
import { tournamentMessages } from "./labels";
import { type Tournament, entrantAt, isBye, isDecided } from "./model";

/** Podium; marked as provisional while results can be corrected. */
export function podium(tournament: Tournament): TemplateResult {
  const w = tournamentMessages();
  const { result } = tournament;
  const lines = (tournament.standings?.lines ?? []).filter(({ group, place }) => !group && place <= 3);
  const champion = tournament.nameOf(tournament.champion);
  const ended = champion ? w.champion : w.noChampion;
  const title = result?.cancelled ? w.cancelled : ended;
  return html`<section
    class=${result ? "podium" : "podium provisional"}
    data-testid=${result ? "podium" : "provisional"}
  >
    <h2>${result ? title : w.provisionally(title)}</h2>
    ${champion ? html`<p class="champion"><bdi>${champion}</bdi></p>` : nothing}
    <ol
      >${lines.map(
        ({ entrant, place }) =>
          html`<li class=${`p${place}`} data-testid=${`place-${place}`}
            ><b class="digits">${place}</b><span><bdi>${tournament.nameOf(entrant)}</bdi></span></li
          >`,
      )}</ol
    >
  </section>`;
}

export function figures(tournament: Tournament): TemplateResult | typeof nothing {
  const w = tournamentMessages();
  const event = tournament.result?.event;
  if (!event?.matches) return nothing;
  const fact = (label: string, value: string): TemplateResult => html`<div><dt>${label}</dt><dd>${value}</dd></div>`;
  return html`<section class="stack"
    ><h2>${w.event}</h2
    ><dl class="facts">
      ${fact(w.facts.matches, integerText(event.matches))}${fact(w.facts.points, integerText(event.points))}${fact(
        w.facts.rally,
        integerText(event.longestRally),
      )}
      ${fact(w.facts.speed, integerText(event.topSpeed / 100))}${fact(
        w.facts.took,
        clockOf(Math.round(Number(event.tookMs) / 1000)),
      )}${fact(w.facts.upsets, integerText(event.upsets))}
    </dl></section
  >`;
}

/** Round of a pairing, after its group if it has one. */
export function roundOf(tournament: Tournament, pairing: Pairing): string {
  const w = tournamentMessages();
  const round = w.stage(pairing.stage, pairing.round, tournament.roundsAfter(pairing));
  return pairing.group ? `${w.group(pairing.group)} · ${round}` : round;
}

/** Kind of a decision that was not made by playing. */
export const how = (pairing: Pairing): string => {
  const w = tournamentMessages();
  switch (pairing.kind) {
    case PairingKind.FORFEIT:
      return w.byForfeit;
    case PairingKind.WALKOVER:
      return w.byWalkover;
    case PairingKind.DOUBLE_FORFEIT:
      return w.nobodyWon;
    case PairingKind.CANCELLED:
      return w.cancelled;
    default:
      return "";
  }
};

/** Every pairing in order, each match of it with its replay. */
export function matches(tournament: Tournament, session: string): TemplateResult {
  const w = tournamentMessages();
  const name = (pairing: Pairing, left: boolean): string =>
    tournament.nameOf(entrantAt(left ? pairing.left : pairing.right)) ?? w.nobody;
  const played = [...tournament.pairings.values()].filter(
    (pairing) => isDecided(pairing) && !isBye(pairing) && pairing.kind,
  );
  return html`<section class="stack" data-testid="all-matches"
    ><h2>${w.allMatches}</h2
    ><ol class="log">
      ${played.map(
        (pairing) =>
          html`<li>
            <small>${roundOf(tournament, pairing)}</small>
            <span class=${pairing.winner === Side.LEFT ? "won" : ""}><bdi>${name(pairing, true)}</bdi></span> –
            <span class=${pairing.winner === Side.RIGHT ? "won" : ""}><bdi>${name(pairing, false)}</bdi></span>
            ${how(pairing) ? html`<em>${how(pairing)}</em>` : nothing}
            ${pairing.matches
              .filter(({ result }) => result)
              .map(
                ({ match, result }) =>
                  html`<a href=${`/replay/${session}/${match}`} data-testid=${`replay-${match}`}>
                    <span class="digits">${result!.left} : ${result!.right}</span>
                    <small>${durationText(result!.durationUs)}</small> ${w.replay}</a
                  >`,
              )}
          </li>`,
      )}</ol
    ></section
  >`;
}
