import { type TemplateResult, html, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { openDrawer } from "../components/drawer";
import { icons } from "../components/icons";
import { languageAndSound } from "../components/language-and-sound";
import { PageElement } from "../components/page-element";
import { whenVisible } from "../components/when-visible";
import { wordMark } from "../components/word-mark";
import { sound } from "../game/sound";
import { explain, messages } from "../i18n";
import { account, getAccount } from "../stores/account";
import { currentMatch, saveEntry } from "../stores/current-match";
import { friends } from "../stores/friends";
import { lobby } from "../stores/lobby";
import { matchCalls } from "../stores/match-calls";
import { places } from "../stores/places";
import { type Route, followLinks, go, route } from "../stores/router";
import "../components/confirm-dialog";
import "../features/account/drawer";
import "../features/friends/drawer";
import "../features/home/page";
import "../features/match/page";
import "./calls";

/** Loaders of the pages that a first visit does not begin with. Each is a part of the script, loaded when its page is
 * opened; those of the room and the result once the first page is idle. */
const parts: Partial<Record<Route["page"], () => Promise<unknown>>> = {
  replay: () => import("../features/replay/page"),
  result: () => import("../features/result/page"),
  room: () => import("../features/room/page"),
  tournament: () => import("../features/tournament/page"),
  tournaments: () => import("../features/tournament/list-page"),
};

/** Time after the start at which the first page counts as idle, milliseconds. */
const IDLE = 2_000;

/** The page's title for the browser's tab; empty where the product's name says enough. */
function titleOf(at: Route): string {
  const w = messages();
  switch (at.page) {
    case "room":
      return `${w.room.title} ${at.code}`;
    case "watch":
      return w.common.watch;
    case "result":
      return w.result.title;
    case "replay":
      return w.replay.title;
    case "nowhere":
      return w.errors.notFound;
    case "tournaments":
      return w.home.tournaments;
    default:
      return "";
  }
}

@customElement("mp-app")
export class App extends PageElement {
  protected override readonly signals = [route, account, friends.list, friends.invitations, matchCalls, places.begun];
  #at: Route | undefined;
  @state() private missing = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("click", followLinks);
    const wake = (): void => sound.wake();
    addEventListener("pointerdown", wake);
    addEventListener("keydown", wake);
    lobby.started.listen(({ entry, roomCode }) => {
      if (!entry) return;
      saveEntry(entry, { kind: "room", code: roomCode });
      const tournament = !!places.of(roomCode)?.title;
      const seated = entry.ticket && entry.seats.length;
      // A player in another room is called, and decides when to go.
      if (tournament && lobby.room.value?.code !== roomCode) return whenVisible(() => places.announce(entry.sessionId));
      whenVisible(() =>
        go(tournament ? `/tournament/${entry.sessionId}` : `/${seated ? "play" : "watch"}/${entry.sessionId}`),
      );
    });
    route.watch(() => {
      openDrawer.value = "";
      this.#load();
    });
    this.#load();
    // A room and a result are never far: they are there when they are gone to.
    setTimeout(() => void Promise.all([parts.room?.(), parts.result?.()]).catch(() => undefined), IDLE);
    // A player stays connected to their tournament, on whatever page this tab is reloaded.
    const session = /^\/tournament\/(.+)$/.exec(currentMatch())?.[1];
    if (session && route.value.page !== "tournament")
      void import("../features/tournament/attendance").then(
        ({ connectionTo, keepConnected }) => keepConnected(connectionTo(session)),
        () => undefined,
      );
    // A known account has friends and perhaps a room, so the lobby connection opens by itself.
    getAccount().catch((error: unknown) => console.warn(explain(error)));
  }

  #load(): void {
    this.missing = false;
    parts[route.value.page]?.().catch(() => (this.missing = true));
  }

  #page(): TemplateResult {
    const at = route.value;
    const w = messages();
    if (this.missing) {
      return html`<main class="narrow"
        ><h1>${w.errors.unreachable}</h1
        ><button class="button strong" @click=${() => location.reload()}>${w.common.retry}</button></main
      >`;
    }
    switch (at.page) {
      case "home":
        return html`<mp-home></mp-home>`;
      case "room":
        return html`<mp-room .code=${at.code}></mp-room>`;
      case "play":
      case "watch":
        return html`<mp-match .mode=${at.page} .session=${at.session}></mp-match>`;
      case "result":
        return html`<mp-result .session=${at.session}></mp-result>`;
      case "replay":
        return html`<mp-replay .session=${at.session} .match=${at.match}></mp-replay>`;
      case "tournament":
        return html`<mp-tournament .session=${at.session}></mp-tournament>`;
      case "tournaments":
        return html`<mp-tournaments></mp-tournaments>`;
      case "nowhere":
        return html`<main class="narrow" data-testid="nowhere"
          ><h1>${messages().errors.notFound}</h1><p class="hush">${messages().errors.notFoundHint}</p
          ><a class="button strong" href="/" data-testid="to-home">${messages().common.home}</a></main
        >`;
    }
  }

  /** Another page: its name, and its place for those who read by ear. */
  protected override updated(): void {
    const at = route.value;
    lobby.watching = at.page === "watch" || at.page === "tournament" ? at.session : "";
    const [call] = matchCalls.value;
    const title = call ? `▶ ${call.big}` : titleOf(at);
    document.title = title ? `${title} · Matchpoint` : "Matchpoint";
    if (this.#at && this.#at !== at) {
      requestAnimationFrame(() => {
        const main = this.querySelector("main");
        main?.setAttribute("tabindex", "-1");
        main?.focus({ preventScroll: true });
      });
    }
    this.#at = at;
  }

  protected override render(): TemplateResult {
    const court = ["play", "watch", "replay"].includes(route.value.page);
    const w = messages();
    const here = account.value;
    const waiting = friends.waiting;
    return html` <header class=${court ? "top slim" : "top"}>
        ${wordMark()}
        <nav
          >${
            court
              ? nothing
              : html`<button
                  class="quiet who"
                  data-testid="account"
                  aria-haspopup="dialog"
                  title=${w.account.title}
                  @click=${() => (openDrawer.value = "account")}
                  >${icons.person()}<span data-testid="who"
                    >${here ? html`<bdi>${here.name}</bdi>` : w.account.signIn}</span
                  ></button
                >`
          }
          <button
            class="quiet icon"
            data-testid="friends-open"
            aria-haspopup="dialog"
            aria-label=${w.friends.open(waiting)}
            title=${w.friends.title}
            @click=${() => (openDrawer.value = "friends")}
            >${icons.friends()}${
              waiting ? html`<span class="badge" data-testid="friends-badge">${waiting}</span>` : nothing
            }</button
          >
          ${languageAndSound(() => this.requestUpdate())}</nav
        >
      </header>
      ${this.#page()}
      <mp-calls></mp-calls><mp-friends></mp-friends><mp-account></mp-account><mp-ask></mp-ask>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "mp-app": App;
  }
}
