// A tournament: its bracket, what is on, who plays next, and how it ended. One connection carries all of it.
import { type TemplateResult, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { EntrantState, TournamentPhase } from "../../../gen/matchpoint/v1/tournament_pb";
import { ActionElement } from "../../components/action-element";
import { icons } from "../../components/icons";
import { tabs } from "../../components/tabs";
import { messages } from "../../i18n";
import { account } from "../../stores/account";
import { lobby } from "../../stores/lobby";
import { banner } from "./announcement";
import { hasBracket } from "./bracket-layout";
import type { Act } from "./connection";
import { TournamentController } from "./controller";
import { tournamentMessages } from "./labels";
import { ask, canAsk } from "./notifications";
import { figures, matches, podium } from "./podium";
import { sidePanel } from "./side-panel";
import { statistics } from "./statistics";
import { hasTables, inGroups, tables } from "./tables";
import { review, roll } from "./view";
import "../../components/chat";
import "../match/page";
import "./bracket";
import "./live-board";
import "./organiser";

type Tab = "bracket" | "table" | "boards" | "organise";

@customElement("mp-tournament")
export class TournamentPage extends ActionElement {
  @property() session = "";
  @state() private tab: Tab | "" = "";
  protected override readonly signals = [lobby.room, account];
  readonly #controller = new TournamentController(this);

  protected override updated(changed: Map<string, unknown>): void {
    if (changed.has("session")) this.#controller.begin();
  }

  readonly #act = (act: Act): void => {
    void this.attempt(async () => {
      await this.#controller.connection?.act(act);
    });
  };

  #panel(tab: Tab): TemplateResult {
    const controller = this.#controller;
    const connection = controller.connection!;
    const { tournament } = connection;
    const revision = connection.revision.value;
    switch (tab) {
      case "bracket":
        return html`<div class="beside-board"
          ><mp-bracket
            .tournament=${tournament}
            .revision=${revision}
            .followed=${controller.followed}
            .opened=${controller.opened}
            .revealed=${controller.revealed}
            @open=${(e: CustomEvent<number>) => controller.open(e.detail)}
            @follow=${(e: CustomEvent<number | undefined>) => controller.follow(e.detail)}
          ></mp-bracket
          >${sidePanel(controller)}</div
        >`;
      case "table":
        return html`<div class="beside-board"
          ><div class="tables">${tables(tournament, controller.followed, (pairing) => controller.open(pairing))}</div
          >${sidePanel(controller)}</div
        >`;
      case "boards":
        return html`<mp-wall .connection=${connection} .revision=${revision}></mp-wall>`;
      case "organise":
        return html`<mp-organise .connection=${connection} .revision=${revision}></mp-organise>`;
    }
  }

  /** Buttons of a player who is in: to be notified, and to withdraw. */
  #footer(): TemplateResult {
    const w = tournamentMessages();
    const dialog = (): HTMLDialogElement | null => this.querySelector<HTMLDialogElement>("dialog.withdraw");
    return html`<footer
        >${
          canAsk()
            ? html`<button
                class="quiet"
                data-testid="notify"
                @click=${() => void ask().then(() => this.requestUpdate())}
                >${icons.sound()} ${w.tellMe}</button
              >`
            : nothing
        }<button class="quiet" data-testid="withdraw" @click=${() => dialog()?.showModal()}
          >${icons.flag()} ${w.withdraw}</button
        ></footer
      >
      <dialog class="withdraw" aria-labelledby="withdraw-title"
        ><h2 id="withdraw-title">${w.withdrawAsk}</h2><p>${w.withdrawText}</p
        ><div class="actions">
          <button
            class="button danger"
            data-testid="withdraw-yes"
            @click=${() => {
              dialog()?.close();
              this.#act({ case: "withdraw", value: {} } as Act);
            }}
            >${w.withdraw}</button
          >
          <button class="button strong" autofocus @click=${() => dialog()?.close()}>${w.stay}</button></div
        ></dialog
      >`;
  }

  protected override render(): TemplateResult {
    const controller = this.#controller;
    const w = tournamentMessages();
    const connection = controller.connection;
    const tournament = connection?.tournament;
    if (controller.missing) {
      return html`<main class="narrow" data-testid="shut"
        ><h1>${w.gone}</h1><a class="button strong" href="/tournaments">${w.all}</a></main
      >`;
    }
    if (!connection || !tournament?.spec)
      return html`<main class="narrow"><p class="hush">${messages().common.loading}</p></main>`;
    if (controller.court) {
      return html`<mp-match
        .mode=${"play"}
        .session=${this.session}
        .connection=${connection}
        .topic=${controller.court}
      ></mp-match>`;
    }
    const { status } = tournament;
    const over = status?.phase === TournamentPhase.OVER;
    const me = controller.me === undefined ? undefined : tournament.entrants.get(controller.me);
    const said = controller.announcement;
    const reviewed = status?.phase === TournamentPhase.REVIEW;
    const all: (readonly [Tab, string])[] = [];
    if (hasBracket(tournament.pairings.values())) all.push(["bracket", w.bracket]);
    // Groups are what is looked at first, until a knockout follows them.
    if (hasTables(tournament)) all[inGroups(tournament) ? "unshift" : "push"](["table", w.table]);
    if (tournament.pairings.size && !over && !reviewed && connection.entrants.value.length < 2)
      all.push(["boards", w.boards]);
    if (controller.organises && !over) all.push(["organise", w.organise]);
    const tab = all.some(([name]) => name === this.tab) ? (this.tab as Tab) : all[0]?.[0];
    const state = connection.state.value;
    const players = [...tournament.entrants.values()].filter(({ state, seed }) =>
      tournament.pairings.size ? seed : state === EntrantState.IN || state === EntrantState.EXPECTED,
    );
    return html`<main class="tournament">
      <header class="title">
        <h1><bdi>${tournament.spec.title}</bdi></h1>
        <p class="hush" data-testid="phase"
          >${w.phases[status?.phase ?? 0]}${
            status?.rounds ? html` · ${w.roundOf(status.roundsDrawn || 1, status.rounds)}` : nothing
          }
          · ${w.players(players.length)}
          ${
            tournament.scoreboard?.viewers && !over
              ? html`· <span data-testid="viewers">${icons.eye()} ${w.watching(tournament.scoreboard.viewers)}</span>`
              : nothing
          }</p
        >
      </header>
      ${
        state.is === "closed" && state.why === "replaced"
          ? html`<div class="banner" role="status"
              ><p>${w.anotherTab}</p
              ><button class="button strong" data-testid="take-over" @click=${() => controller.begin()}
                >${messages().court.takeOver}</button
              ></div
            >`
          : nothing
      }
      ${state.is === "retrying" ? html`<p class="trouble" role="status">${messages().court.reconnecting}</p>` : nothing}
      ${status?.paused && !said && !reviewed ? html`<p class="banner" role="status">${w.paused}</p>` : nothing}
      ${said ? banner(said, () => this.#act({ case: "checkIn", value: {} } as Act)) : nothing}
      ${this.trouble ? html`<p class="trouble" role="alert" data-testid="trouble">${this.trouble}</p>` : nothing}
      ${reviewed ? review(controller, this.#act, () => (this.tab = "organise")) : nothing}
      ${over || reviewed ? podium(tournament) : nothing}
      ${status?.phase === TournamentPhase.CHECK_IN ? roll(controller, players) : nothing}
      ${all.length > 1 && tab ? tabs(all, tab, (chosen) => (this.tab = chosen)) : nothing}
      ${tab ? this.#panel(tab) : nothing}
      ${
        over
          ? html`${figures(tournament)}${statistics(tournament)}${matches(tournament, this.session)}
              <p class="actions"
                ><a class="button" download href=${`/tournament/${this.session}.json`} data-testid="export-json"
                  >${w.download} JSON</a
                ><a class="button" download href=${`/tournament/${this.session}.csv`} data-testid="export-csv"
                  >${w.download} CSV</a
                ></p
              >`
          : nothing
      }
      ${!over && lobby.room.value?.sessionId === this.session ? html`<mp-chat small></mp-chat>` : nothing}
      ${me && !over && !reviewed && tournament.isIn(me.entrant) ? this.#footer() : nothing}
    </main>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "mp-tournament": TournamentPage;
  }
}
