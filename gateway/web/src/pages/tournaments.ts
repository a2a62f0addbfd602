// Tournaments: those that can be entered, those that are on, and those that are over; and how to make one.
import { type TemplateResult, html, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { DirectoryService, type TournamentBrief } from "../../gen/matchpoint/v1/directory_pb";
import { TournamentPhase } from "../../gen/matchpoint/v1/tournament_pb";
import { keepEntry } from "../entries";
import { explain, words } from "../i18n";
import { ensureAccount } from "../net/account";
import { call } from "../net/api";
import { lobby } from "../net/lobby";
import { unixNow } from "../net/time";
import { go } from "../router";
import { type SpecInit, choice, fields, formatName, formatOf, specOf, startChoice, startOf, whenText } from "../tournament/settings";
import { botName, tournamentWords } from "../tournament/words";
import { Page } from "./page";
import { icons } from "./parts";
import "./places";

/** The list is asked for again after so long, milliseconds. */
const REFRESH = 4_000;
const NAMES = { first: 4, least: 2, most: 32 } as const;

@customElement("mp-tournaments")
export class Tournaments extends Page {
  @state() private list: readonly TournamentBrief[] | undefined;
  @state() private spec: SpecInit | undefined;
  @state() private localSpec: SpecInit | undefined;
  @state() private names: readonly string[] = Array.from({ length: NAMES.first }, () => "");
  /** Points to win at one keyboard: short, since the others wait. */
  @state() private points = 5;
  @state() private trouble = "";
  @state() private busy = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#refresh();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  async #refresh(): Promise<void> {
    clearTimeout(this.#timer);
    if (document.visibilityState === "visible") {
      try {
        this.list = (await call(DirectoryService.method.listTournaments, { pageSize: 40 })).tournaments;
      } catch {
        // What was there stays on the screen; the next time may do.
      }
    }
    if (this.isConnected) this.#timer = setTimeout(() => void this.#refresh(), REFRESH);
  }

  async #try(action: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.trouble = "";
    try {
      await action();
    } catch (error) {
      this.trouble = explain(error);
    } finally {
      this.busy = false;
    }
  }

  #create(event: SubmitEvent): void {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    void this.#try(async () => {
      go(`/room/${await lobby.openRoom({ tournament: { spec: specOf(form), capacity: Number(form.get("capacity") ?? 0), startsUnixMs: startOf(form, unixNow()) } })}`);
    });
  }

  #playHere(event: SubmitEvent): void {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    // Whoever sits at the same keyboard needs no time to come back to it.
    const tournament = { ...specOf(form), callS: 60, restS: 3 };
    const names = this.names.map((name, index) => name.trim() || tournamentWords().nameOf(index + 1));
    void this.#try(async () => {
      await ensureAccount();
      const { entry } = await call(DirectoryService.method.startSession, { kind: { case: "localTournament", value: { names, tournament } }, ruleset: { pointsToWin: Number(form.get("points")) } });
      if (!entry) throw new Error(words().errors.unknown);
      keepEntry(entry);
      go(`/tournament/${entry.sessionId}`);
    });
  }

  #line(brief: TournamentBrief): TemplateResult {
    const w = tournamentWords();
    const open = !brief.sessionId;
    const over = brief.phase === TournamentPhase.OVER;
    const when = brief.startsUnixMs ? whenText(brief.startsUnixMs) : "";
    return html`<li><a class="tour" href=${open ? `/room/${brief.roomCode}` : `/tournament/${brief.sessionId}`} data-testid="tournament-line">
      <b>${brief.spec?.title}</b>
      <small>${[formatName(formatOf(brief.spec)), brief.organiser && w.byOrganiser(brief.organiser), open ? w.taken(brief.entrants, brief.capacity) : w.players(brief.entrants), open && when && w.startsAt(when), over && brief.champion && w.wonBy(botName(brief.champion))].filter(Boolean).join(" · ")}
        ${brief.viewers ? html`${icons.eye()} ${w.watching(brief.viewers)}` : nothing}</small>
      <span class="go">${open ? w.join : over ? w.read : w.seeIt}</span></a></li>`;
  }

  #part(title: string, id: string, briefs: readonly TournamentBrief[], empty = ""): TemplateResult | typeof nothing {
    if (!briefs.length && !empty) return nothing;
    return html`<section class="stack" aria-labelledby=${id}><h2 id=${id}>${title}</h2>
      ${briefs.length ? html`<ul class="tours" data-testid=${id}>${briefs.map((brief) => this.#line(brief))}</ul>` : html`<p class="hush">${empty}</p>`}</section>`;
  }

  #name(index: number): TemplateResult {
    const w = tournamentWords();
    return html`<div class="beside"><input aria-label=${w.nameOf(index + 1)} placeholder=${w.nameOf(index + 1)} maxlength="20" data-testid=${`local-name-${index}`} autocomplete="off" .value=${this.names[index]!}
      @input=${(e: Event) => (this.names = this.names.with(index, (e.target as HTMLInputElement).value))} />
      <button type="button" class="quiet icon" aria-label=${w.removeName(index + 1)} title=${w.removeName(index + 1)} ?disabled=${this.names.length <= NAMES.least} @click=${() => (this.names = this.names.toSpliced(index, 1))}>${icons.close()}</button></div>`;
  }

  protected override render(): TemplateResult {
    const w = tournamentWords();
    const list = this.list ?? [];
    const change = (set: (spec: SpecInit, form: FormData) => void) => (event: Event) => {
      const form = new FormData(event.currentTarget as HTMLFormElement);
      set(specOf(form), form);
    };
    return html`<main class="tournaments">
      <h1>${w.list}</h1>
      ${this.trouble ? html`<p class="trouble" role="alert" data-testid="trouble">${this.trouble}</p>` : nothing}
      <mp-places></mp-places>
      ${this.#part(w.openNow, "open", list.filter(({ sessionId }) => !sessionId), this.list ? w.noneOpen : words().common.loading)}
      ${this.#part(w.running, "running", list.filter(({ sessionId, phase }) => sessionId && phase !== TournamentPhase.OVER))}
      <div class="pair">
        <details class="panel settings" open><summary><h2>${w.create}</h2></summary>
          <form class="stack" data-testid="create-form" @change=${change((spec) => (this.spec = spec))} @submit=${(e: SubmitEvent) => this.#create(e)}>
            <div class="grid">${fields(this.spec, true)}
              ${choice("capacity", w.capacity, [4, 8, 16, 32, 64].map((n) => [n, String(n)] as const), 16)}
              ${startChoice(0n)}</div>
            <button class="button strong" data-testid="create" ?disabled=${this.busy}>${w.go}</button>
          </form></details>
        <details class="panel settings" ?open=${location.hash === "#local"}><summary><h2>${w.local}</h2></summary>
          <form class="stack" data-testid="local-form" @change=${change((spec, form) => { this.localSpec = spec; this.points = Number(form.get("points")); })} @submit=${(e: SubmitEvent) => this.#playHere(e)}>
            <p class="hush">${w.localHint}</p>
            ${this.names.map((_, index) => this.#name(index))}
            <button type="button" class="button" data-testid="local-add" ?disabled=${this.names.length >= NAMES.most} @click=${() => (this.names = [...this.names, ""])}>${w.addName}</button>
            <div class="grid">${fields(this.localSpec, false)}${choice("points", words().room.points, [1, 3, 5, 7, 11].map((n) => [n, String(n)] as const), this.points)}</div>
            <button class="button strong" data-testid="local-begin" ?disabled=${this.busy}>${w.begin}</button>
          </form></details>
      </div>
      ${this.#part(w.past, "past", list.filter(({ phase }) => phase === TournamentPhase.OVER))}
    </main>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "mp-tournaments": Tournaments;
  }
}
