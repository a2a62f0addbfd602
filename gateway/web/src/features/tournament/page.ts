// A tournament: its bracket, what is on, who plays next, and how it ended. One connection carries all of it.
import { type TemplateResult, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { DirectoryService } from "../../../gen/matchpoint/v1/directory_pb";
import { type Entrant, EntrantState, TournamentPhase } from "../../../gen/matchpoint/v1/tournament_pb";
import { call } from "../../api/client";
import { unixNow } from "../../api/server-time";
import { PageElement } from "../../components/page-element";
import { icons } from "../../components/icons";
import { tabs } from "../../components/tabs";
import { explain, messages } from "../../i18n";
import { isolated } from "../../i18n/isolated";
import { account } from "../../stores/account";
import { setCurrentMatch, clearCurrentMatch } from "../../stores/current-match";
import { lobby } from "../../stores/lobby";
import { places } from "../../stores/places";
import { banner, clockTo } from "./announcement";
import { connectionTo, ring, announcementOn, keepConnected } from "./attendance";
import { hasBracket } from "./bracket-layout";
import type { Act, TournamentConnection } from "./connection";
import { tournamentMessages } from "./labels";
import { entrantAt, isDecided } from "./model";
import { ask, canAsk } from "./notifications";
import { figures, how, matches, podium } from "./podium";
import { canCorrect } from "./policy";
import { statistics } from "./statistics";
import { hasTables, inGroups, tables } from "./tables";
import "../../components/chat";
import "../match/page";
import "./bracket";
import "./live-board";
import "./organiser";

type Tab = "bracket" | "table" | "boards" | "organise";

/** Extension of a review by its button, seconds. */
const MORE = 60;
/** Time for which the end of a player's own match is shown before the bracket returns, milliseconds. */
const AFTERGLOW = 2_500;

@customElement("mp-tournament")
export class TournamentPage extends PageElement {
  @property() session = "";
  @state() private tab: Tab | "" = "";
  @state() private followed: number | undefined;
  @state() private opened = 0;
  @state() private trouble = "";
  @state() private missing = false;
  /** The match that is played here; it stays for a moment when it is over. */
  @state() private court = 0;
  @state() private now = unixNow();
  protected override readonly signals = [lobby.room, account];
  #connection: TournamentConnection | undefined;
  #watched: (() => void)[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;
  #afterglow: ReturnType<typeof setTimeout> | undefined;
  /** True once the page has entered the tournament's room. */
  #entered = false;
  /** When the draw was first seen here. */
  #drawn = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => this.#tick(), 250);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
    clearTimeout(this.#afterglow);
    this.#end();
  }

  protected override updated(changed: Map<string, unknown>): void {
    if (changed.has("session")) this.#begin();
  }

  #end(): void {
    for (const off of this.#watched) off();
    if (this.#connection) keepConnected(this.#connection);
    this.#connection = undefined;
  }

  #begin(): void {
    this.#end();
    this.missing = false;
    this.court = this.opened = this.#drawn = 0;
    this.#entered = false;
    const connection = connectionTo(this.session);
    this.#connection = connection;
    const redraw = (): void => this.requestUpdate();
    const sit = (): void => {
      const [first, ...others] = connection.entrants.value;
      if (first === undefined) return;
      setCurrentMatch(`/tournament/${this.session}`);
      if (this.followed === undefined && !others.length) this.followed = first;
    };
    sit();
    if (connection.seated.value) this.#seat();
    this.#goIn();
    this.#watched = [
      places.list.watch(() => this.#goIn()),
      connection.revision.watch(redraw),
      connection.entrants.watch(sit),
      connection.seated.watch(() => this.#seat()),
      connection.state.watch(() => {
        const { value } = connection.state;
        if (value.is === "closed" && value.why !== "replaced") {
          clearCurrentMatch(`/tournament/${this.session}`);
          void this.#read();
        }
        redraw();
      }),
    ];
  }

  /** Enters the tournament's room, for its chat, if there is a place in it. Only once: another tab may go elsewhere. */
  #goIn(): void {
    const place = places.list.value.find(({ sessionId }) => sessionId === this.session);
    if (!place || this.#entered) return;
    this.#entered = true;
    if (!place.current) lobby.enter(place.roomCode).catch((error: unknown) => console.warn(explain(error)));
  }

  /** It is over, or the live one cannot be had: what is kept of it. */
  async #read(): Promise<void> {
    const connection = this.#connection;
    if (!connection || connection.tournament.result) return;
    try {
      const { state } = await call(DirectoryService.method.readTournament, { sessionId: this.session });
      if (!state) throw new Error("no state");
      connection.tournament.replace(state);
      connection.revision.value++;
    } catch {
      this.missing = !connection.tournament.spec;
    }
  }

  #seat(): void {
    const seated = this.#connection?.seated.value;
    clearTimeout(this.#afterglow);
    if (seated) {
      this.court = seated.topic;
      this.opened = 0;
    } else this.#afterglow = setTimeout(() => (this.court = 0), AFTERGLOW);
  }

  get #me(): number | undefined {
    const mine = this.#connection?.entrants.value ?? [];
    return mine.length === 1 ? mine[0] : undefined;
  }

  /** Announcement for this browser's players. */
  get #said(): ReturnType<typeof announcementOn> {
    return this.#connection && announcementOn(this.#connection, this.now);
  }

  /** Seeds whose names are in, while the draw is shown as it is made. */
  get #revealed(): number {
    const tournament = this.#connection?.tournament;
    if (tournament?.status?.phase !== TournamentPhase.DRAWN || matchMedia("(prefers-reduced-motion: reduce)").matches)
      return Infinity;
    this.#drawn ||= this.now;
    const shown =
      (this.now - this.#drawn) / Math.max(1, Number(tournament.status.deadlineUnixMs) - 1_000 - this.#drawn);
    return Math.ceil(shown * tournament.entrants.size);
  }

  /** The countdowns, and what has to be heard: once for each call. */
  #tick(): void {
    this.now = unixNow();
    const tournament = this.#connection?.tournament;
    const said = this.#said;
    ring(this.session, said);
    if (said?.urgent) document.title = `${this.now % 1000 < 500 ? "▶" : "▷"} ${said.big} · Matchpoint`;
    else if (tournament?.spec) document.title = `${isolated(tournament.spec.title)} · Matchpoint`;
  }

  async #act(act: Act): Promise<void> {
    this.trouble = "";
    try {
      await this.#connection?.act(act);
    } catch (error) {
      this.trouble = explain(error);
    }
  }

  #open(pairing: number): void {
    this.opened = this.opened === pairing ? 0 : pairing;
  }

  /** The board of the pairing that was chosen, or of the featured match. */
  #side(): TemplateResult | typeof nothing {
    const connection = this.#connection!;
    const { tournament } = connection;
    const w = tournamentMessages();
    const pairing = tournament.pairings.get(this.opened);
    if (!pairing) {
      const featured = tournament.scoreboard?.featured ?? 0;
      const on =
        featured && tournament.status?.phase === TournamentPhase.PLAYING && featured !== connection.seated.value?.topic;
      return on
        ? html`<aside class="side" data-testid="side"
            ><header
              ><h2><i class="dot"></i>${w.featured}</h2></header
            ><mp-board .connection=${connection} .match=${featured}></mp-board
          ></aside>`
        : nothing;
    }
    const name = (side: typeof pairing.left): string => tournament.nameOf(entrantAt(side)) ?? w.open;
    const ended = pairing.matches.filter(({ result }) => result);
    const on = isDecided(pairing) ? undefined : pairing.matches.find(({ result }) => !result);
    return html`<aside class="side" data-testid="side">
      <header
        ><h2
          >${pairing.group ? `${w.group(pairing.group)} · ` : ""}${w.stage(
            pairing.stage,
            pairing.round,
            tournament.roundsAfter(pairing),
          )}</h2
        >
        <button
          class="quiet icon"
          data-testid="close-board"
          aria-label=${w.closeBoard}
          title=${w.closeBoard}
          @click=${() => (this.opened = 0)}
          >${icons.close()}</button
        ></header
      >
      ${
        on
          ? html`<mp-board .connection=${connection} .match=${on.match}></mp-board>`
          : html` <p class="two"
                ><b><bdi>${name(pairing.left)}</bdi></b> – <b><bdi>${name(pairing.right)}</bdi></b></p
              >
              <p class="hush">${isDecided(pairing) ? how(pairing) : w.upNext}</p>`
      }
      ${
        this.#organises && canCorrect(pairing) && tournament.status?.phase !== TournamentPhase.OVER
          ? html`<mp-correct .connection=${connection} .pairing=${pairing}></mp-correct>`
          : nothing
      }
      ${ended.map(
        ({ match, result }) =>
          html`<a class="button" href=${`/replay/${this.session}/${match}`}
            ><span class="digits">${result!.left} : ${result!.right}</span> ${w.replay}</a
          >`,
      )}
    </aside>`;
  }

  /** Checked-in entrants, during check-in. */
  #roll(players: readonly Entrant[]): TemplateResult {
    const w = tournamentMessages();
    const here = players.filter(({ state }) => state === EntrantState.IN).length;
    return html`<section class="stack"
      ><p class="hush">${w.here(here, players.length)} · ${w.till(clockTo(this.#deadline, this.now))}</p>
      <ul class="entrants" data-testid="entrants"
        >${players.map(
          (entrant) =>
            html`<li class=${entrant.state === EntrantState.IN ? "in" : ""}
              ><bdi>${this.#connection!.tournament.nameOf(entrant.entrant)}</bdi></li
            >`,
        )}</ul
      ></section
    >`;
  }

  /** When the phase is over, as this page sees it: spectators see everything a little later. */
  get #deadline(): bigint {
    const { tournament, entrants } = this.#connection!;
    const late = entrants.value.length || this.#organises ? 0 : (tournament.spec?.delayS ?? 0);
    return tournament.status!.deadlineUnixMs + BigInt(1000 * late);
  }

  get #organises(): boolean {
    return !!account.value && account.value.accountId === this.#connection?.tournament.spec?.organiserAccountId;
  }

  /** All is played, and can still be corrected: until when, and what the organiser can do about it. */
  #review(): TemplateResult {
    const w = tournamentMessages();
    const { status } = this.#connection!.tournament;
    return html`<div class="banner review" data-testid="review">
      <p
        ><span aria-hidden="true"
          >${status?.paused ? w.reviewPaused : w.reviewTill(clockTo(this.#deadline, this.now))}</span
        ><span class="unseen" role="status">${w.reviewed}</span></p
      >
      ${
        this.#organises
          ? html`<div class="actions">
              <button
                class="button strong"
                data-testid="confirm"
                @click=${() => void this.#act({ case: "confirm", value: {} } as Act)}
                >${w.confirm}</button
              >
              <button
                class="button"
                data-testid="review-more"
                @click=${() => void this.#act({ case: "extendDeadline", value: { pairing: 0, seconds: MORE } } as Act)}
                >${w.moreTime}</button
              >
              <button class="button" data-testid="review-correct" @click=${() => (this.tab = "organise")}
                >${w.correctOne}</button
              ></div
            >`
          : nothing
      }
    </div>`;
  }

  #panel(tab: Tab): TemplateResult {
    const connection = this.#connection!;
    const { tournament } = connection;
    const revision = connection.revision.value;
    switch (tab) {
      case "bracket":
        return html`<div class="beside-board"
          ><mp-bracket
            .tournament=${tournament}
            .revision=${revision}
            .followed=${this.followed}
            .opened=${this.opened}
            .revealed=${this.#revealed}
            @open=${(e: CustomEvent<number>) => this.#open(e.detail)}
            @follow=${(e: CustomEvent<number | undefined>) => (this.followed = e.detail)}
          ></mp-bracket
          >${this.#side()}</div
        >`;
      case "table":
        return html`<div class="beside-board"
          ><div class="tables">${tables(tournament, this.followed, (pairing) => this.#open(pairing))}</div
          >${this.#side()}</div
        >`;
      case "boards":
        return html`<mp-wall .connection=${connection} .revision=${revision}></mp-wall>`;
      case "organise":
        return html`<mp-organise .connection=${connection} .revision=${revision}></mp-organise>`;
    }
  }

  protected override render(): TemplateResult {
    const w = tournamentMessages();
    const connection = this.#connection;
    const tournament = connection?.tournament;
    if (this.missing) {
      return html`<main class="narrow" data-testid="shut"
        ><h1>${w.gone}</h1><a class="button strong" href="/tournaments">${w.all}</a></main
      >`;
    }
    if (!connection || !tournament?.spec)
      return html`<main class="narrow"><p class="hush">${messages().common.loading}</p></main>`;
    if (this.court) {
      return html`<mp-match
        .mode=${"play"}
        .session=${this.session}
        .connection=${connection}
        .topic=${this.court}
      ></mp-match>`;
    }
    const { status } = tournament;
    const over = status?.phase === TournamentPhase.OVER;
    const me = this.#me === undefined ? undefined : tournament.entrants.get(this.#me);
    const said = this.#said;
    const review = status?.phase === TournamentPhase.REVIEW;
    const all: (readonly [Tab, string])[] = [];
    if (hasBracket(tournament.pairings.values())) all.push(["bracket", w.bracket]);
    // Groups are what is looked at first, until a knockout follows them.
    if (hasTables(tournament)) all[inGroups(tournament) ? "unshift" : "push"](["table", w.table]);
    if (tournament.pairings.size && !over && !review && connection.entrants.value.length < 2)
      all.push(["boards", w.boards]);
    if (this.#organises && !over) all.push(["organise", w.organise]);
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
              ><button class="button strong" data-testid="take-over" @click=${() => this.#begin()}
                >${messages().court.takeOver}</button
              ></div
            >`
          : nothing
      }
      ${state.is === "retrying" ? html`<p class="trouble" role="status">${messages().court.reconnecting}</p>` : nothing}
      ${status?.paused && !said && !review ? html`<p class="banner" role="status">${w.paused}</p>` : nothing}
      ${said ? banner(said, () => void this.#act({ case: "checkIn", value: {} } as Act)) : nothing}
      ${this.trouble ? html`<p class="trouble" role="alert" data-testid="trouble">${this.trouble}</p>` : nothing}
      ${review ? this.#review() : nothing} ${over || review ? podium(tournament) : nothing}
      ${status?.phase === TournamentPhase.CHECK_IN ? this.#roll(players) : nothing}
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
      ${
        me && !over && !review && tournament.isIn(me.entrant)
          ? html`<footer
                >${
                  canAsk()
                    ? html`<button
                        class="quiet"
                        data-testid="notify"
                        @click=${() => void ask().then(() => this.requestUpdate())}
                        >${icons.sound()} ${w.tellMe}</button
                      >`
                    : nothing
                }<button
                  class="quiet"
                  data-testid="withdraw"
                  @click=${() => this.querySelector<HTMLDialogElement>("dialog.withdraw")?.showModal()}
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
                      this.querySelector<HTMLDialogElement>("dialog.withdraw")?.close();
                      void this.#act({ case: "withdraw", value: {} } as Act);
                    }}
                    >${w.withdraw}</button
                  >
                  <button
                    class="button strong"
                    autofocus
                    @click=${() => this.querySelector<HTMLDialogElement>("dialog.withdraw")?.close()}
                    >${w.stay}</button
                  ></div
                ></dialog
              >`
          : nothing
      }
    </main>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "mp-tournament": TournamentPage;
  }
}
