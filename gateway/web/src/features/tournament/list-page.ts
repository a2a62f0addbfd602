// Tournaments: those that can be entered, those that are on, and those that are over; and how to make one.
import { type TemplateResult, html, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { DirectoryService, type TournamentBrief } from "../../../gen/matchpoint/v1/directory_pb";
import { TournamentPhase } from "../../../gen/matchpoint/v1/tournament_pb";
import { call } from "../../api/client";
import { type PagedList, fetchPages } from "../../api/pagination";
import { unixNow } from "../../api/server-time";
import { ActionElement } from "../../components/action-element";
import { icons } from "../../components/icons";
import { Poller } from "../../components/polling-controller";
import { tabs } from "../../components/tabs";
import { messages } from "../../i18n";
import { ensureAccount } from "../../stores/account";
import { saveEntry } from "../../stores/current-match";
import { lobby } from "../../stores/lobby";
import { go } from "../../stores/router";
import { PLACES, type SpecInit, formatName, formatOf } from "./formats";
import { botName, tournamentMessages } from "./labels";
import { capacityOf, choice, fields, specOf, startAt, startOf, whenText } from "./settings-form";
import "../../components/places";

type Tab = "online" | "local";
const NAMES = { first: 4, least: 2, most: 32 } as const;

@customElement("mp-tournaments")
export class Tournaments extends ActionElement {
  @state() private tab: Tab = location.hash === "#local" ? "local" : "online";
  @state() private spec: SpecInit | undefined;
  @state() private places: number = PLACES;
  @state() private start = startAt(0n);
  @state() private localSpec: SpecInit | undefined;
  @state() private names: readonly string[] = Array.from({ length: NAMES.first }, () => "");
  /** Points to win at one keyboard: short, since the others wait. */
  @state() private points = 5;
  #pages = 1;
  readonly #list = new Poller<PagedList<TournamentBrief>>(this, () =>
    fetchPages(async (pageToken) => {
      const { tournaments, nextPageToken } = await call(DirectoryService.method.listTournaments, {
        pageSize: 40,
        pageToken,
      });
      return { items: tournaments, next: nextPageToken };
    }, this.#pages),
  );

  #create(event: SubmitEvent): void {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    void this.run(async () => {
      const startsUnixMs = startOf(form, unixNow()).at;
      const tournament = { spec: specOf(form), capacity: capacityOf(form), startsUnixMs };
      go(`/room/${await lobby.openRoom({ tournament })}`);
    });
  }

  #playHere(event: SubmitEvent): void {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    // Players at the same keyboard need no time to come back to it.
    const tournament = { ...specOf(form), callS: 60, restS: 3 };
    const names = this.names.map((name, index) => name.trim() || tournamentMessages().nameOf(index + 1));
    void this.run(async () => {
      await ensureAccount();
      const { entry } = await call(DirectoryService.method.startSession, {
        kind: { case: "localTournament", value: { names, tournament } },
        ruleset: { pointsToWin: Number(form.get("points")) },
      });
      if (!entry) throw new Error(messages().errors.unknown);
      saveEntry(entry);
      go(`/tournament/${entry.sessionId}`);
    });
  }

  #line(brief: TournamentBrief): TemplateResult {
    const w = tournamentMessages();
    const open = !brief.sessionId;
    const over = brief.phase === TournamentPhase.OVER;
    const look = over ? w.read : w.seeIt;
    const when = brief.startsUnixMs ? whenText(brief.startsUnixMs) : "";
    return html`<li
      ><a
        class="tour"
        href=${open ? `/room/${brief.roomCode}` : `/tournament/${brief.sessionId}`}
        data-testid="tournament-line"
      >
        <b><bdi>${brief.spec?.title}</bdi></b>
        <small
          >${[
            formatName(formatOf(brief.spec)),
            brief.organiser && w.byOrganiser(brief.organiser),
            open ? w.taken(brief.entrants, brief.capacity) : w.players(brief.entrants),
            open && when && w.startsAt(when),
            over && brief.champion && w.wonBy(botName(brief.champion)),
          ]
            .filter(Boolean)
            .join(" · ")}
          ${brief.viewers ? html`${icons.eye()} ${w.watching(brief.viewers)}` : nothing}</small
        >
        <span class="go">${open ? w.join : look}</span></a
      ></li
    >`;
  }

  #part(title: string, id: string, briefs: readonly TournamentBrief[], empty = ""): TemplateResult | typeof nothing {
    if (!briefs.length && !empty) return nothing;
    return html`<section class="stack" aria-labelledby=${id}
      ><h2 id=${id}>${title}</h2> ${
        briefs.length
          ? html`<ul class="tours" data-testid=${id}
              >${briefs.map((brief) => this.#line(brief))}</ul
            >`
          : html`<p class="hush">${empty}</p>`
      }</section
    >`;
  }

  #name(index: number): TemplateResult {
    const w = tournamentMessages();
    return html`<div class="beside"
      ><input
        aria-label=${w.nameOf(index + 1)}
        placeholder=${w.nameOf(index + 1)}
        maxlength="80"
        data-testid=${`local-name-${index}`}
        autocomplete="off"
        .value=${this.names[index]!}
        @input=${(e: Event) => (this.names = this.names.with(index, (e.target as HTMLInputElement).value))}
      />
      <button
        type="button"
        class="quiet icon"
        aria-label=${w.removeName(index + 1)}
        title=${w.removeName(index + 1)}
        ?disabled=${this.names.length <= NAMES.least}
        @click=${() => (this.names = this.names.toSpliced(index, 1))}
        >${icons.close()}</button
      ></div
    >`;
  }

  #online(): TemplateResult {
    const change = (event: Event): void => {
      const form = new FormData(event.currentTarget as HTMLFormElement);
      [this.spec, this.places, this.start] = [specOf(form), capacityOf(form), startOf(form, unixNow())];
    };
    return html`<form
      class="stack"
      data-testid="create-form"
      @change=${change}
      @submit=${(e: SubmitEvent) => this.#create(e)}
    >
      <div class="grid">${fields(this.spec, this.places, this.start)}</div>
      <button class="button strong" data-testid="create" ?disabled=${this.busy}>${tournamentMessages().go}</button>
    </form>`;
  }

  #local(): TemplateResult {
    const w = tournamentMessages();
    const change = (event: Event): void => {
      const form = new FormData(event.currentTarget as HTMLFormElement);
      [this.localSpec, this.points] = [specOf(form), Number(form.get("points"))];
    };
    return html`<form
      class="stack"
      data-testid="local-form"
      @change=${change}
      @submit=${(e: SubmitEvent) => this.#playHere(e)}
    >
      <p class="hush">${w.localHint}</p>
      <div class="names">${this.names.map((_, index) => this.#name(index))}</div>
      <button
        type="button"
        class="button"
        data-testid="local-add"
        ?disabled=${this.names.length >= NAMES.most}
        @click=${() => (this.names = [...this.names, ""])}
        >${w.addName}</button
      >
      <div class="grid"
        >${fields(
          this.localSpec,
          this.names.length,
          undefined,
          choice(
            "points",
            messages().room.points,
            [1, 3, 5, 7, 11].map((n) => [n, String(n)] as const),
            this.points,
          ),
        )}</div
      >
      <button class="button strong" data-testid="local-begin" ?disabled=${this.busy}>${w.begin}</button>
    </form>`;
  }

  protected override render(): TemplateResult {
    const w = tournamentMessages();
    const list = this.#list.value?.items ?? [];
    return html`<main class="tournaments">
      <h1>${w.list}</h1>
      ${this.trouble ? html`<p class="trouble" role="alert" data-testid="trouble">${this.trouble}</p>` : nothing}
      <mp-places></mp-places>
      ${this.#part(
        w.openNow,
        "open",
        list.filter(({ sessionId }) => !sessionId),
        this.#list.value ? w.noneOpen : messages().common.loading,
      )}
      ${this.#part(
        w.running,
        "running",
        list.filter(({ sessionId, phase }) => sessionId && phase !== TournamentPhase.OVER),
      )}
      <section class="panel settings maker" aria-labelledby="make">
        <header
          ><h2 id="make">${w.create}</h2>${tabs<Tab>(
            [
              ["online", w.online],
              ["local", w.local],
            ],
            this.tab,
            (tab) => (this.tab = tab),
            "make",
          )}</header
        >
        <div role="tabpanel" aria-label=${this.tab === "online" ? w.online : w.local}
          >${this.tab === "online" ? this.#online() : this.#local()}</div
        >
      </section>
      ${this.#part(
        w.past,
        "past",
        list.filter(({ phase }) => phase === TournamentPhase.OVER),
      )}
      ${
        this.#list.value?.more
          ? html`<button
              class="button"
              data-testid="tournaments-more"
              @click=${() => {
                this.#pages++;
                this.#list.refresh();
              }}
              >${messages().common.more}</button
            >`
          : nothing
      }
    </main>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "mp-tournaments": Tournaments;
  }
}
