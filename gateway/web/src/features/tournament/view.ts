// Templates of a tournament's page: who has checked in, and the review of its results.
import { type TemplateResult, html, nothing } from "lit";
import { type Entrant, EntrantState } from "../../../gen/matchpoint/v1/tournament_pb";
import { clockTo } from "./announcement";
import type { Act } from "./connection";
import type { TournamentController } from "./controller";
import { tournamentMessages } from "./labels";

/** Extension of a review by its button, seconds. */
const MORE = 60;

/** Checked-in entrants, during check-in. */
export function roll(controller: TournamentController, players: readonly Entrant[]): TemplateResult {
  const w = tournamentMessages();
  const here = players.filter(({ state }) => state === EntrantState.IN).length;
  return html`<section class="stack"
    ><p class="hush">${w.here(here, players.length)} · ${w.till(clockTo(controller.deadline, controller.now))}</p>
    <ul class="entrants" data-testid="entrants"
      >${players.map(
        (entrant) =>
          html`<li class=${entrant.state === EntrantState.IN ? "in" : ""}
            ><bdi>${controller.connection!.tournament.nameOf(entrant.entrant)}</bdi></li
          >`,
      )}</ul
    ></section
  >`;
}

/** All is played, and can still be corrected: until when, and what the organiser can do about it. */
export function review(controller: TournamentController, act: (act: Act) => void, correct: () => void): TemplateResult {
  const w = tournamentMessages();
  const { status } = controller.connection!.tournament;
  return html`<div class="banner review" data-testid="review">
    <p
      ><span aria-hidden="true"
        >${status?.paused ? w.reviewPaused : w.reviewTill(clockTo(controller.deadline, controller.now))}</span
      ><span class="unseen" role="status">${w.reviewed}</span></p
    >
    ${
      controller.organises
        ? html`<div class="actions">
            <button
              class="button strong"
              data-testid="confirm"
              @click=${() => act({ case: "confirm", value: {} } as Act)}
              >${w.confirm}</button
            >
            <button
              class="button"
              data-testid="review-more"
              @click=${() => act({ case: "extendDeadline", value: { pairing: 0, seconds: MORE } } as Act)}
              >${w.moreTime}</button
            >
            <button class="button" data-testid="review-correct" @click=${() => correct()}>${w.correctOne}</button></div
          >`
        : nothing
    }
  </div>`;
}
