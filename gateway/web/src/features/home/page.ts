// Home page: the ways into a match, and what can be watched now.
import { type TemplateResult, html, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { DirectoryService, type LiveSession } from "../../../gen/matchpoint/v1/directory_pb";
import { BotStrength } from "../../../gen/matchpoint/v1/frames_pb";
import { Origin } from "../../../gen/matchpoint/v1/session_pb";
import { call } from "../../api/client";
import { type PagedList, fetchPages } from "../../api/pagination";
import { ActionElement } from "../../components/action-element";
import { icons } from "../../components/icons";
import { Poller } from "../../components/polling-controller";
import { nameOf, messages } from "../../i18n";
import { parseRoomCode, isRoomCode } from "../../lib/room-code";
import { account } from "../../stores/account";
import { type Rematch, currentMatch, playNow } from "../../stores/current-match";
import { lobby } from "../../stores/lobby";
import { places } from "../../stores/places";
import { go } from "../../stores/router";
import "../../components/places";
import "./miniature";
import "./name-form";

@customElement("mp-home")
export class HomePage extends ActionElement {
  /** Name of the button whose action is under way. */
  @state() private chosen = "";
  protected override readonly signals = [account, places.list];
  #featured = "";
  #pages = 1;
  readonly #sessions = new Poller<PagedList<LiveSession>>(this, () =>
    fetchPages(async (pageToken) => {
      const { sessions, nextPageToken } = await call(DirectoryService.method.listSessions, { pageSize: 8, pageToken });
      return { items: sessions, next: nextPageToken };
    }, this.#pages),
  );

  #try(what: string, action: () => Promise<void>): void {
    if (!this.busy) this.chosen = what;
    void this.run(action);
  }

  #play(again: Exclude<Rematch, { kind: "room" }>, what: string): void {
    this.#try(what, () => playNow(again));
  }

  #openRoom(): void {
    this.#try("room", async () => {
      go(`/room/${await lobby.enterDuelRoom()}`);
    });
  }

  /** A link that was pasted is shown as the code that it has. */
  #shorten(field: HTMLInputElement): void {
    const code = parseRoomCode(field.value);
    if (field.value.length > code.length && isRoomCode(code)) field.value = code;
  }

  #join(event: SubmitEvent): void {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const code = parseRoomCode(String(new FormData(form).get("code") ?? ""));
    if (code) go(`/room/${encodeURIComponent(code)}`);
  }

  #live(): TemplateResult {
    const w = messages().home;
    const sessions = this.#sessions.value?.items;
    if (!sessions?.length) return html`<p class="hush">${sessions ? w.nothingLive : messages().common.loading}</p>`;
    // The featured match stays, as long as it is on, wherever it moves in the list.
    const featured = sessions.find((s) => s.sessionId === this.#featured) ?? sessions[0]!;
    this.#featured = featured.sessionId;
    return html` <a class="feature" href=${`/watch/${featured.sessionId}`} data-testid="home-watch-featured">
        <mp-miniature .session=${featured.sessionId}></mp-miniature>
        ${this.#line(featured)}
      </a>
      <ul class="matches" data-testid="home-live">
        ${sessions
          .filter((s) => s !== featured)
          .map((s) => html`<li><a href=${`/watch/${s.sessionId}`}>${this.#line(s)}</a></li>`)}
      </ul>
      ${
        this.#sessions.value?.more
          ? html`<button
              class="quiet"
              data-testid="home-more"
              @click=${() => {
                this.#pages++;
                this.#sessions.refresh();
              }}
              >${messages().common.more}</button
            >`
          : nothing
      }`;
  }

  #line(s: LiveSession): TemplateResult {
    const w = messages().home;
    return html`<span class="line">
      <span class="names"
        ><b><bdi>${nameOf(s.left)}</bdi></b
        ><span class="digits">${s.leftScore}<i>:</i>${s.rightScore}</span><b><bdi>${nameOf(s.right)}</bdi></b></span
      >
      <small
        >${s.origin === Origin.HOUSE ? w.house : nothing}${
          s.viewers ? html`<span>${icons.eye()} ${w.viewers(s.viewers)}</span>` : nothing
        }</small
      >
    </span>`;
  }

  protected override render(): TemplateResult {
    const w = messages().home;
    const bots = [
      ["easy", BotStrength.EASY, w.easy, w.easyHint],
      ["medium", BotStrength.MEDIUM, w.medium, w.mediumHint],
      ["hard", BotStrength.HARD, w.hard, w.hardHint],
    ] as const;
    const room = places.duel?.roomCode;
    const touch = matchMedia("(pointer: coarse)").matches;
    return html`<main class="home">
      <section class="hero">
        <h1><span>${messages().tagline.what}</span> <span>${messages().tagline.how}</span></h1>
        ${this.trouble ? html`<p class="trouble" role="alert" data-testid="trouble">${this.trouble}</p>` : nothing}
        ${
          currentMatch()
            ? html`<a class="button strong" href=${currentMatch()} data-testid="home-resume">${w.backToMatch}</a>`
            : nothing
        }
        <mp-places></mp-places>
        <div class="panel">
          <h2>${w.bot}</h2>
          <div class="trio">
            ${bots.map(
              ([id, strength, label, hint]) =>
                html` <button
                  class=${`button choice ${id}`}
                  data-testid=${`home-bot-${id}`}
                  ?disabled=${this.busy}
                  aria-busy=${this.busy && this.chosen === id}
                  @click=${() => this.#play({ kind: "bot", strength }, id)}
                  ><b>${label}</b><small>${hint}</small></button
                >`,
            )}
          </div>
          <button
            class="button level"
            data-testid="home-bot-level"
            ?disabled=${this.busy}
            aria-busy=${this.busy && this.chosen === "level"}
            @click=${() => this.#play({ kind: "bot", strength: BotStrength.MEDIUM, level: true }, "level")}
            ><b>${w.level}</b><small>${w.levelHint}</small></button
          >
        </div>
        <div class="pair">
          <div class="panel">
            <h2>${w.room}</h2>
            <button
              class="button strong"
              data-testid="home-room"
              ?disabled=${this.busy}
              aria-busy=${this.busy && this.chosen === "room"}
              @click=${() => this.#openRoom()}
            >
              <b>${room ? w.backToRoom(room) : w.openRoom}</b></button
            >
            <form class="join" @submit=${(e: SubmitEvent) => this.#join(e)}>
              <input
                name="code"
                data-testid="join-code"
                aria-label=${w.code}
                placeholder=${w.code}
                maxlength="300"
                @input=${(e: Event) => this.#shorten(e.target as HTMLInputElement)}
                autocomplete="off"
                autocapitalize="characters"
                spellcheck="false"
                required
              />
              <button class="button" data-testid="join">${w.join}</button>
            </form>
          </div>
          <div class="panel">
            <h2>${touch ? w.localTouch : w.local}</h2>
            <button
              class="button"
              data-testid="home-local"
              ?disabled=${this.busy}
              aria-busy=${this.busy && this.chosen === "local"}
              @click=${() => this.#play({ kind: "local" }, "local")}
            >
              <b>${w.play}</b></button
            >
            <p class="hush">${touch ? w.localTouchHint : w.localHint}</p>
          </div>
        </div>
        <a class="panel tournaments-link" href="/tournaments" data-testid="home-tournaments"
          ><b>${w.tournaments}</b><small>${w.tournamentsHint}</small></a
        >
        <mp-name-form></mp-name-form>
      </section>
      <section class="live" aria-labelledby="live-title">
        <h2 id="live-title"><i class="dot"></i>${w.watchLive}</h2>
        ${this.#live()}
      </section>
    </main>`;
  }
}
