// Correction of a result by the organiser: a button, and the dialog that it opens.
import { type TemplateResult, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { Side } from "../../../gen/matchpoint/v1/pong_pb";
import { type Pairing, PairingKind } from "../../../gen/matchpoint/v1/tournament_pb";
import type { Act } from "./connection";
import { tournamentMessages } from "./labels";
import { entrantAt } from "./model";
import { correctionKindsOf } from "./policy";
import { TournamentActionElement } from "./tournament-action";

@customElement("mp-correct")
export class CorrectionForm extends TournamentActionElement {
  @property({ attribute: false }) pairing!: Pairing;
  @state() private open = false;
  @state() private winner: Side | undefined;

  #ask(): void {
    this.open = true;
    this.trouble = "";
    this.winner = this.pairing.kind ? this.pairing.winner : undefined;
    void this.updateComplete.then(() => this.querySelector("dialog")?.showModal());
  }

  async #correct(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const value = { pairing: this.pairing.pairing, kind: Number(form.get("kind")), winner: Number(form.get("winner")) };
    if (await this.act({ case: "correctResult", value } as Act)) this.querySelector("dialog")?.close();
  }

  #dialog(): TemplateResult {
    const w = tournamentMessages();
    const { pairing, winner } = this;
    const { tournament } = this.connection;
    const name = (side: Pairing["left"]): string => tournament.nameOf(entrantAt(side)) ?? w.open;
    const sides = [
      [Side.LEFT, name(pairing.left)],
      [Side.UNSPECIFIED, w.nobodyWins],
      [Side.RIGHT, name(pairing.right)],
    ] as const;
    const ways = winner === undefined ? [] : correctionKindsOf(pairing, winner);
    const chosen = ways.includes(pairing.kind) ? pairing.kind : ways[0];
    const way = (kind: PairingKind): string => (!winner && kind === PairingKind.PLAYED ? w.drawn : w.ways[kind]!);
    const title = `correct-${pairing.pairing}-title`;
    return html`<dialog class="ask" aria-labelledby=${title} @close=${() => (this.open = false)}>
      <h2 id=${title}>${w.correctTitle(pairing.pairing)}</h2>
      <form class="stack" @submit=${(e: SubmitEvent) => void this.#correct(e)}>
        <fieldset class="picks"
          ><legend>${w.whoWins}</legend>${sides.map(
            ([side, label]) =>
              html` <label
                ><input
                  type="radio"
                  name="winner"
                  required
                  value=${side}
                  data-testid=${`correct-winner-${side}`}
                  .checked=${live(side === winner)}
                  @change=${() => (this.winner = side)}
                /><span><bdi>${label}</bdi></span></label
              >`,
          )}</fieldset
        >
        <label class="field"
          >${w.decidedHow}<select name="kind" data-testid="correct-kind" ?disabled=${!ways.length}
            >${ways.map(
              (kind) => html`<option value=${kind} .selected=${live(kind === chosen)}>${way(kind)}</option>`,
            )}</select
          ></label
        >
        <p>${w.sure}</p>
        <p class="trouble" role="alert" data-testid="correct-trouble">${this.trouble}</p>
        <div class="actions"
          ><button class="button strong" data-testid="correct-yes" ?disabled=${this.busy}>${w.correctYes}</button>
          <button type="button" class="button" @click=${() => this.querySelector("dialog")!.close()}
            >${w.leaveIt}</button
          ></div
        >
      </form></dialog
    >`;
  }

  protected override render(): TemplateResult {
    const w = tournamentMessages();
    return html`<button
        class="button"
        data-testid=${`correct-${this.pairing.pairing}`}
        aria-label=${`${w.correct}: ${w.pairing(this.pairing.pairing)}`}
        @click=${() => this.#ask()}
        >${w.correct}</button
      >${this.open ? this.#dialog() : nothing}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "mp-correct": CorrectionForm;
  }
}
