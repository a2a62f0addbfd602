// Panel of the organiser: acts, with a confirmation of those that cannot be undone.
import { type TemplateResult, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { type Pairing, PairingState, TournamentPhase } from "../../../gen/matchpoint/v1/tournament_pb";
import type { Act } from "./connection";
import { tournamentMessages } from "./labels";
import { entrantAt, isBye, isDecided } from "./model";
import { canCorrect } from "./policy";
import { TournamentActionElement } from "./tournament-action";
import "./correction";
import "./late-entrant";

/** Extension of a deadline by its button, seconds. */
const MORE = 60;

@customElement("mp-organise")
export class OrganiserPanel extends TournamentActionElement {
  @property({ type: Number }) revision = 0;
  /** Act that waits for a confirmation. */
  @state() private unconfirmed: { text: string; act: Act } | undefined;

  #ask(text: string, act: Act): void {
    this.unconfirmed = { text, act };
    void this.updateComplete.then(() => this.querySelector<HTMLDialogElement>("dialog.sure")?.showModal());
  }

  #button(label: string, id: string, action: () => void, danger = false): TemplateResult {
    return html`<button
      class=${danger ? "button danger" : "button"}
      data-testid=${id}
      ?disabled=${this.busy}
      @click=${action}
      >${label}</button
    >`;
  }

  #pairing(pairing: Pairing): TemplateResult {
    const w = tournamentMessages();
    const { tournament } = this.connection;
    const name = (left: boolean): string =>
      tournament.nameOf(entrantAt(left ? pairing.left : pairing.right)) ?? w.nobody;
    return html`<li
      ><span>${w.pairing(pairing.pairing)}: <bdi>${name(true)}</bdi> – <bdi>${name(false)}</bdi></span
      ><span class="deeds">
        ${
          pairing.state === PairingState.CALLED
            ? this.#button(
                w.moreTime,
                `extend-${pairing.pairing}`,
                () =>
                  void this.act({ case: "extendDeadline", value: { pairing: pairing.pairing, seconds: MORE } } as Act),
              )
            : nothing
        }
        ${
          canCorrect(pairing)
            ? html`<mp-correct .connection=${this.connection} .pairing=${pairing}></mp-correct>`
            : nothing
        }
        ${
          isDecided(pairing)
            ? html`${this.#button(
                w.reopen,
                `reopen-${pairing.pairing}`,
                () => this.#ask(w.reopenAsk, { case: "reopen", value: { pairing: pairing.pairing } } as Act),
                true,
              )}`
            : nothing
        }
      </span></li
    >`;
  }

  protected override render(): TemplateResult {
    const w = tournamentMessages();
    const { tournament } = this.connection;
    const { status } = tournament;
    const pairings = [...tournament.pairings.values()]
      .filter(
        (pairing) => !isBye(pairing) && (pairing.state === PairingState.CALLED || (isDecided(pairing) && pairing.kind)),
      )
      // Called pairings come first, then the latest decisions.
      .sort((a, b) => Number(isDecided(a)) - Number(isDecided(b)) || b.pairing - a.pairing);
    const entrants = [...tournament.entrants.keys()]
      .filter((entrant) => tournament.isIn(entrant))
      .map((entrant) => ({ entrant, name: tournament.nameOf(entrant)! }));
    return html`<section class="stack organise">
      <p class="trouble" role="alert" data-testid="organise-trouble">${this.trouble}</p>
      <div class="actions">
        ${
          status?.paused
            ? this.#button(w.resume, "resume", () => void this.act({ case: "resume", value: {} } as Act))
            : this.#button(w.pause, "pause", () => void this.act({ case: "pause", value: {} } as Act))
        }
        ${
          status?.phase === TournamentPhase.CHECK_IN
            ? this.#button(
                w.moreTime,
                "extend-0",
                () => void this.act({ case: "extendDeadline", value: { pairing: 0, seconds: MORE } } as Act),
              )
            : nothing
        }
        ${this.#button(
          w.callOff,
          "call-off",
          () => this.#ask(w.callOffAsk, { case: "callOff", value: {} } as Act),
          true,
        )}
      </div>
      <mp-late .connection=${this.connection} .revision=${this.revision}></mp-late>
      ${
        pairings.length
          ? html`<h2>${w.pairings}</h2>
              <ul class="deck-list"
                >${repeat(
                  pairings,
                  ({ pairing }) => pairing,
                  (pairing) => this.#pairing(pairing),
                )}</ul
              >`
          : nothing
      }
      <h2>${w.playersTitle}</h2>
      <ul class="deck-list"
        >${entrants.map(
          ({ entrant, name }) =>
            html`<li
              ><span><bdi>${name}</bdi></span
              ><span class="deeds"
                >${this.#button(
                  w.disqualify,
                  `disqualify-${entrant}`,
                  () => this.#ask(w.disqualifyAsk(name), { case: "disqualify", value: { entrant } } as Act),
                  true,
                )}</span
              ></li
            >`,
        )}</ul
      >
      <dialog class="sure" aria-labelledby="organise-title"
        ><h2 id="organise-title">${this.unconfirmed?.text}</h2><p>${w.sure}</p
        ><div class="actions">
          <button
            class="button danger"
            data-testid="organise-yes"
            @click=${() => {
              this.querySelector<HTMLDialogElement>("dialog.sure")!.close();
              if (this.unconfirmed) void this.act(this.unconfirmed.act);
            }}
            >${w.yes}</button
          >
          <button
            class="button strong"
            autofocus
            @click=${() => this.querySelector<HTMLDialogElement>("dialog.sure")!.close()}
            >${w.no}</button
          ></div
        ></dialog
      >
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "mp-organise": OrganiserPanel;
  }
}
