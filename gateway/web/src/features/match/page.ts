// The court: playing and watching. What changes sixty times a second goes to the canvas; words only when they change.
import { type TemplateResult, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { icons } from "../../components/icons";
import { PageElement } from "../../components/page-element";
import type { Side } from "../../game/flight";
import { namesOf } from "../../game/notice";
import { messages } from "../../i18n";
import { isolated } from "../../i18n/isolated";
import type { TournamentConnection } from "../tournament/connection";
import { MatchController } from "./controller";
import { FAIR, overlay, player, shut } from "./view";

@customElement("mp-match")
export class MatchPage extends PageElement {
  @property() mode: "play" | "watch" = "watch";
  @property() session = "";
  /** A match of a tournament: the connection that carries it, and its topic. Otherwise the court has its own. */
  @property({ attribute: false }) connection: TournamentConnection | undefined;
  @property({ type: Number }) topic = 0;
  readonly #match = new MatchController(this);

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("keydown", this.#escape);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("keydown", this.#escape);
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    // Another match is drawn on a court again, whatever became of the one before.
    if (changed.has("session") || changed.has("mode") || changed.has("topic")) this.#match.end();
  }

  protected override updated(changed: Map<string, unknown>): void {
    if (changed.has("session") || changed.has("mode") || changed.has("topic")) this.#match.begin();
  }

  readonly #escape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !this.#match.playing || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    this.#ask();
  };

  #ask(): void {
    this.querySelector<HTMLDialogElement>("dialog")?.showModal();
  }

  #resign(seat?: Side): void {
    this.querySelector("dialog")?.close();
    this.#match.resign(seat);
  }

  #resignDialog(): TemplateResult {
    const w = messages();
    const { seats, view } = this.#match;
    return html`<dialog data-testid="resign-dialog" aria-labelledby="resign-title">
      <h2 id="resign-title">${w.court.resignAsk}</h2>
      ${seats.length === 1 ? html`<p>${w.court.resignText}</p>` : nothing}
      <div class="actions">
        ${
          seats.length === 2 && this.connection
            ? seats.map(
                (side) =>
                  html`<button class="button danger" data-testid=${`resign-${side}`} @click=${() => this.#resign(side)}
                    ><bdi>${namesOf(view)[side]}</bdi>: ${w.court.resignYes}</button
                  >`,
              )
            : html`<button class="button danger" data-testid="resign-yes" @click=${() => this.#resign()}
                >${w.court.resignYes}</button
              >`
        }
        <button class="button strong" autofocus @click=${() => this.querySelector("dialog")!.close()}
          >${w.court.resignNo}</button
        >
      </div>
    </dialog>`;
  }

  protected override render(): TemplateResult {
    const w = messages();
    const match = this.#match;
    const { notice, seats, view } = match;
    const link = match.link?.state.value;
    if (link?.is === "closed" && !view.card && (link.why === "over" || link.why === "refused"))
      return shut(link.refusal, this.mode, this.session);
    const lagging = view.server.rtt > FAIR || view.latency?.some((ms) => ms > FAIR);
    const local = seats.length === 2;
    return html`<main class=${`match ${this.mode}`}>
      <h1 class="unseen">${namesOf(view).map(isolated).join(" – ")}</h1>
      <div class="board">
        ${player(match, 0)}
        <div class="digits" aria-hidden="true"
          ><span data-testid="score-left">${match.score[0]}</span><i></i
          ><span data-testid="score-right">${match.score[1]}</span></div
        >
        ${player(match, 1)}
      </div>
      <div class="stage">
        <canvas class="court" data-testid="court" role="img" aria-label=${w.court.label}></canvas>
        <div class="notice" data-testid="notice">
          ${notice.big ? html`<strong data-testid="countdown">${notice.big}</strong>` : nothing}
          ${notice.line ? html`<p>${notice.line}</p>` : nothing}
          ${notice.small ? html`<small>${notice.small}</small>` : nothing}
        </div>
        ${match.draining ? html`<p class="word" role="status" data-testid="draining">${w.court.draining}</p>` : nothing}
        ${overlay(match, this.session)}
      </div>
      <div class="zone" aria-hidden="true"
        >${
          this.mode !== "play"
            ? nothing
            : local
              ? html`<span class="left">${w.common.left}</span><span class="right">${w.common.right}</span>`
              : html`<span class=${seats[0] === 1 ? "right" : "left"}>${w.court.touch}</span>`
        }</div
      >
      <div class="foot">
        ${
          this.mode === "watch"
            ? html`<span class="live"><i class="dot"></i>${w.watch.delayed}</span
                ><span data-testid="viewers"
                  >${view.viewers ? html`${icons.eye()} ${w.watch.viewers(view.viewers)}` : nothing}</span
                >`
            : html`<span class="hint keys">${local ? w.court.keysLocal : w.court.keys}</span
                ><span class="hint touch">${w.court.touch}</span>
                ${lagging ? html`<span class="lag">${w.court.lagging}</span>` : nothing}
                <button class="quiet" data-testid="resign" ?disabled=${!seats.length} @click=${() => this.#ask()}
                  >${icons.flag()} ${w.court.resign}</button
                >`
        }
      </div>
      <p class="unseen" aria-live="polite">${[notice.big, notice.line].filter(Boolean).join(". ")}</p>
      <p class="unseen" aria-live="assertive">${match.spoken}</p>
      ${this.#resignDialog()}
    </main>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "mp-match": MatchPage;
  }
}
